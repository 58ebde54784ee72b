# The portal as one image; web, worker, beat and the set-up of the database are commands of it.

FROM python:3.11-slim-bookworm AS build
WORKDIR /portal
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements/base.lock requirements/
RUN python -m venv /venv && /venv/bin/pip install --require-hashes --no-deps -r requirements/base.lock
COPY . .
# The key signs nothing here: collecting files needs settings, and settings need a key.
RUN SECRET_KEY=build-only STATIC_ROOT=/static-files /venv/bin/python manage.py collectstatic --no-input -v 0

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /nonexistent --no-create-home portal \
    && install -d -o portal /files
WORKDIR /portal
COPY --from=build /venv /venv
COPY --from=build /static-files /static-files
COPY --from=build /portal /portal
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PMO_PROFILE=production STATIC_ROOT=/static-files PMO_FILES=/files PMO_DATA=/files/data PORT=8000
USER portal
VOLUME /files
EXPOSE 8000
CMD ["sh", "-c", "exec granian --interface wsgi --host 0.0.0.0 --port $PORT --workers ${WEB_WORKERS:-2} --blocking-threads ${WEB_THREADS:-2} --no-ws --log-level warning --workers-kill-timeout 8 pmo_portal.wsgi:application"]
