# The portal's one image: web server, migrations and housekeeping all run from it. Build it with --pull, so that
# the base's security updates come in. To pin the base: --build-arg PYTHON_IMAGE=python:3.11-slim-bookworm@sha256:…
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

# Stage 1: the locked packages, in a virtual environment without pip.
FROM ${PYTHON_IMAGE} AS packages
# production-anymail hands mails to a provider's own interface (EMAIL_PROVIDER) where SMTP is not to be had.
ARG REQUIREMENTS=production
COPY requirements/${REQUIREMENTS}.txt /tmp/production.txt
RUN python -m venv --without-pip /venv \
 && python -m pip --python /venv/bin/python install --no-cache-dir --disable-pip-version-check \
    --require-hashes --only-binary :all: --requirement /tmp/production.txt

# Stage 2: our code, with the static files hashed and compressed. The settings want a whole environment: this one is
# made up, and lasts as long as the command. .invalid is a name that no network has.
FROM packages AS portal
WORKDIR /srv/portal
COPY . .
RUN DERBYCITY_ENV=production SITE_URL=https://build.invalid DATABASE_URL=postgresql://nobody@build.invalid/none \
    SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    ENCRYPTION_KEYS="$(/venv/bin/python -m derbycity.env)" \
    /venv/bin/python manage.py collectstatic --noinput \
 && /venv/bin/python -m compileall -q . \
 && chmod -R a+rX,go-w .

# Stage 3: what runs. The portal's account owns nothing but the folders of pictures and of the list of erasures.
FROM ${PYTHON_IMAGE}
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DERBYCITY_ENV=production \
    MEDIA_ROOT=/srv/media \
    ERASURES_FILE=/srv/erasures/list
RUN groupadd --gid 10001 portal \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /srv/portal --shell /usr/sbin/nologin portal \
 && install --directory --owner 10001 --group 10001 --mode 0750 /srv/media /srv/erasures
COPY --from=packages /venv /venv
COPY --from=portal /srv/portal /srv/portal
WORKDIR /srv/portal
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["python", "deploy/health.py"]
CMD ["gunicorn", "--config", "deploy/gunicorn.py", "--bind", "0.0.0.0:8000", "derbycity.wsgi"]
