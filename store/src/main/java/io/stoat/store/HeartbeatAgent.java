package io.stoat.store;

import org.agrona.concurrent.Agent;

/** Keeps an embedded store's heartbeat fresh while its owner's thread has nothing to do. */
final class HeartbeatAgent implements Agent {
    static final String ROLE_NAME = "stoat-heartbeat";

    private final Store store;

    HeartbeatAgent(final Store store) {
        this.store = store;
    }

    @Override
    public int doWork() {
        store.heartbeat();
        return 0;
    }

    @Override
    public String roleName() {
        return ROLE_NAME;
    }
}
