# One image for every door. The data, index and campaigns live in the volume /data.
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY agent agent
COPY tools tools
COPY prompts prompts
COPY evals evals
RUN python -m venv /opt/briefsmith \
    && /opt/briefsmith/bin/pip install --no-cache-dir -c constraints.txt ".[demo]"

FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 10001 briefsmith \
    && mkdir /data \
    && chown briefsmith:briefsmith /data
COPY --from=build /opt/briefsmith /opt/briefsmith
ENV PATH=/opt/briefsmith/bin:$PATH \
    BRIEFSMITH_HOME=/data \
    HF_HUB_OFFLINE=1 \
    PYTHONUNBUFFERED=1
USER 10001
WORKDIR /home/briefsmith
VOLUME /data
EXPOSE 8000
# Healthy means: the server answers. /v1/health/ready says whether shop, index, ledger and workers are there too.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/v1/health/live', timeout=4)"]
ENTRYPOINT ["briefsmith"]
# Listens beyond the container, which needs a key first: docker compose run --rm app keys add NAME --role ROLE
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
