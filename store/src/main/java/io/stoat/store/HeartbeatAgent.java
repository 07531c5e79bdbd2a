package io.stoat.store;

import org.agrona.concurrent.Agent;

/**
 * Keeps an embedded store's heartbeat fresh while its owner's thread has nothing to do, and takes
 * requests to grow it.
 */
final class HeartbeatAgent implements Agent {
    static final String ROLE_NAME = "stoat-heartbeat";

    private final Store store;
    private final GrowthDesk growthDesk;

    HeartbeatAgent(final Store store) {
        this.store = store;
        growthDesk = new GrowthDesk(store);
    }

    @Override
    public int doWork() {
        store.heartbeat();
        return growthDesk.poll();
    }

    @Override
    public String roleName() {
        return ROLE_NAME;
    }
}
