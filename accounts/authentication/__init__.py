"""How somebody shows who they are: around django-allauth, what it leaves open."""
