from django.urls import path

from partners.desk import page_views, suggestion_views, views

app_name = "desk"

urlpatterns = [
    path("", views.home, name="home"),
    path("<slug:slug>/", views.partner, name="partner"),
    path("<slug:slug>/members/", views.members, name="members"),
    path("<slug:slug>/members/invite/", views.invite, name="invite"),
    path("<slug:slug>/members/invitations/<int:invitation>/revoke/", views.revoke, name="revoke"),
    path("<slug:slug>/members/<int:member>/", views.role, name="role"),
    path("<slug:slug>/members/<int:member>/remove/", views.remove, name="remove"),
    path("<slug:slug>/page/", page_views.page, name="page"),
    path("<slug:slug>/page/preview/", page_views.preview, name="page_preview"),
    path("<slug:slug>/page/preview/page/", page_views.preview_page, name="page_previewed"),
    path("<slug:slug>/page/send/", page_views.send, name="page_send"),
    path("<slug:slug>/page/take-back/", page_views.take_back, name="page_take_back"),
    path("<slug:slug>/page/still-right/", page_views.still_right, name="page_still_right"),
    path("<slug:slug>/suggestions/", suggestion_views.suggestions, name="suggestions"),
    path("<slug:slug>/suggestions/<int:suggestion>/", suggestion_views.suggestion, name="suggestion"),
    path("<slug:slug>/leave/", views.leave, name="leave"),
    path("<slug:slug>/end/", views.end_acting, name="end_acting"),
    path("<slug:slug>/happened/", views.happened, name="happened"),
]
