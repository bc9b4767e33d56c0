# Two images: "netdebug" for server and clients, which need no rights, and "observer" with the tools for a node.
#   docker build --target netdebug --tag REPOSITORY:latest .
#   docker build --target observer --tag REPOSITORY:observer .
#   docker buildx build --platform linux/amd64,linux/arm64 …
ARG BASE_IMAGE=docker.io/library/node:24-slim

# What the program needs at run time: nothing of it is compiled, so that one result serves every architecture.
FROM ${BASE_IMAGE} AS packages
WORKDIR /opt/netdebug
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${BASE_IMAGE} AS program
WORKDIR /opt/netdebug
COPY --from=packages /opt/netdebug/node_modules ./node_modules
COPY package.json LICENSE ./
COPY bin ./bin
COPY src ./src
RUN ln -s /opt/netdebug/bin/netdebug /usr/local/bin/netdebug
ENTRYPOINT ["netdebug"]
EXPOSE 8080

# Observers see the node's own network, which takes root; the manifests leave them three capabilities.
FROM program AS observer
RUN apt-get update \
    && apt-get install -y --no-install-recommends iproute2 iptables nftables conntrack tcpdump \
    && rm -rf /var/lib/apt/lists/*
USER 0:0
CMD ["observe", "--out", "/var/run/netdebug"]

# The last target is the one that a plain "docker build ." makes. It writes nothing, so its root file system may be read-only.
FROM program AS netdebug
USER 65532:65532
CMD ["server"]
