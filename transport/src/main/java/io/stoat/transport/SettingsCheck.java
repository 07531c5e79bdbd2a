package io.stoat.transport;

import org.agrona.BitUtil;

/** What the values of server's and client's settings have to be; errors name setting and mend. */
final class SettingsCheck {
    private static final int FEED_LENGTH_MIN = 64 * 1024;
    private static final int FEED_LENGTH_MAX = 1 << 30;
    private static final int BATCH_LENGTH_MIN = 4096;
    private static final int MAX_IN_FLIGHT_LIMIT = 1 << 20;

    private SettingsCheck() {}

    /**
     * @throws TransportException naming setting, value and range.
     */
    static void requireRanges(final ServerContext context) {
        requireRange("maxSessions", context.maxSessions(), 1, Integer.MAX_VALUE);
        requireRange("readAgents", context.readAgents(), 1, ServerContext.MAX_AGENTS);
        requireRange(
                "writeAgents",
                context.writeAgents(),
                1,
                Math.min(ServerContext.MAX_AGENTS, context.store().shardMap().shardCount()));
        requireRange(
                "responseBatchLength",
                context.responseBatchLength(),
                BATCH_LENGTH_MIN,
                Integer.MAX_VALUE);
        requireRange("stalledTimeoutNs", context.stalledTimeoutNs(), 1, Long.MAX_VALUE);
        requireRange("sessionIdleTimeoutNs", context.sessionIdleTimeoutNs(), 1, Long.MAX_VALUE);
        requireRange("feedLength", context.feedLength(), FEED_LENGTH_MIN, FEED_LENGTH_MAX);
        if (!BitUtil.isPowerOfTwo(context.feedLength())) {
            throw new TransportException(
                    "feedLength=" + context.feedLength() + ": must be a power of two");
        }
    }

    private static void requireRange(
            final String name, final long value, final long min, final long max) {
        if (value < min || value > max) {
            throw new TransportException(
                    name + "=" + value + ": must be from " + min + " to " + max);
        }
    }

    /**
     * @throws TransportException when a client is to reach its node in no way, or in two.
     */
    static void requireOneWay(final ClientContext context) {
        if ((context.dataDir() == null) == (context.endpoint() == null)) {
            throw new TransportException(
                    "dataDir="
                            + context.dataDir()
                            + ", endpoint="
                            + context.endpoint()
                            + ": give one of them, dataDir for IPC to a node on this host, endpoint for UDP");
        }
    }

    /**
     * @throws TransportException naming setting, value and range.
     */
    static void requireRanges(final ClientContext context) {
        if (context.connectTimeoutNs() <= 0 || context.requestTimeoutNs() <= 0) {
            throw new TransportException(
                    "connectTimeoutNs="
                            + context.connectTimeoutNs()
                            + ", requestTimeoutNs="
                            + context.requestTimeoutNs()
                            + ": both must be more than 0");
        }
        requireRange("maxInFlight", context.maxInFlight(), 1, MAX_IN_FLIGHT_LIMIT);
        if (context.batchCommands() < 1
                || context.batchLength() < 1
                || context.batchLingerNs() < 0) {
            throw new TransportException(
                    "batchCommands="
                            + context.batchCommands()
                            + ", batchLength="
                            + context.batchLength()
                            + ", batchLingerNs="
                            + context.batchLingerNs()
                            + ": the first two must be 1 or more, the last not negative");
        }
        if (context.reconnectMinNs() < 1 || context.reconnectMaxNs() < context.reconnectMinNs()) {
            throw new TransportException(
                    "reconnectMinNs="
                            + context.reconnectMinNs()
                            + ", reconnectMaxNs="
                            + context.reconnectMaxNs()
                            + ": the first must be 1 or more, the second not less");
        }
    }
}
