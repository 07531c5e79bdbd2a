package io.stoat.transport;

/**
 * Numbers of a node's request streams.
 *
 * @param base stream of the first read agent, the only one that a client has to know.
 */
record StreamIds(int base) {
    int read(final int agent) {
        return base + agent;
    }

    int write(final int agent) {
        return base + ServerContext.MAX_AGENTS + agent;
    }
}
