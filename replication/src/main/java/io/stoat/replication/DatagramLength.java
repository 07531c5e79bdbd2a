package io.stoat.replication;

import java.util.List;

/**
 * The largest datagram of a cluster where the configuration names none, or names a kind of network.
 * Decided by the text of hosts alone, so that it is the same on every host.
 */
final class DatagramLength {
    /** As long as UDP allows, in Aeron's steps: over loopback nothing is cut. */
    static final int LOOPBACK = 65_504;

    /** Carried whole by Ethernet frames of 9,000 bytes. */
    static final int JUMBO = 8_192;

    /** Carried whole by any Ethernet. */
    static final int LAN = 1_408;

    private static final int STEP = 32;

    private DatagramLength() {}

    /**
     * @param hosts of the members.
     * @param longest message of the log buffers, bytes.
     * @return bytes, a multiple of 32.
     */
    static int forHosts(final List<String> hosts, final int longest) {
        return hosts.stream().allMatch(DatagramLength::isLoopback)
                ? Math.max(LAN, Math.min(LOOPBACK, longest / STEP * STEP))
                : LAN;
    }

    /** By its text: what a name stands for may not be the same everywhere. */
    static boolean isLoopback(final String host) {
        return host.equals("localhost")
                || host.equals("::1")
                || host.equals("[::1]")
                || host.matches("127(\\.[0-9]{1,3}){3}");
    }
}
