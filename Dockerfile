# A city's image: one process a container, chosen by the command (see compose.yaml).
FROM python:3.11-slim-bookworm
# hadolint ignore=DL3008  # a font of Debian's stable release; its exact version is nobody's concern
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends fonts-noto-cjk \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 whistle
WORKDIR /srv/whistle
COPY requirements.txt .
RUN pip install --no-cache-dir --no-compile --require-hashes -r requirements.txt
COPY --chown=whistle . .
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .
USER 1000
ENV WHISTLE_HOST=0.0.0.0
CMD ["whistle", "run"]
