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
# Healthy means: a shop is there and its index is served.
HEALTHCHECK --interval=60s --timeout=30s --start-period=600s CMD ["briefsmith", "doctor", "--json"]
ENTRYPOINT ["briefsmith"]
CMD ["--help"]
