package io.stoat.transport;

/** Lengths of packets and terms where none are configured, bytes. */
final class PacketLengths {
    /** Longest frame over IPC: values up to about this are copied once. */
    static final int IPC_MTU = 16 * 1024;

    /** Loopback carries 64 KiB: fewer, longer packets are what it is fast with. */
    private static final int LOOPBACK_MTU = 32 * 1024;

    private static final int NETWORK_MTU = 1408;

    private static final int TERM_MIN = 1024 * 1024;
    private static final int TERM_MAX = 1 << 30;
    private static final long MESSAGE_OVERHEAD = 4096;

    private PacketLengths() {}

    /** Longest UDP packet, by whether it stays on the host. */
    static int mtu(final boolean isLoopback) {
        return isLoopback ? LOOPBACK_MTU : NETWORK_MTU;
    }

    /** Aeron carries messages of up to an eighth of a term. */
    static int term(final int maxValueLength) {
        final long wanted = 8L * (maxValueLength + MESSAGE_OVERHEAD);
        return (int) Math.min(TERM_MAX, Math.max(TERM_MIN, Long.highestOneBit(wanted - 1) << 1));
    }
}
