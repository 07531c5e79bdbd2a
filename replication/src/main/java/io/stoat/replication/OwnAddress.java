package io.stoat.replication;

import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;

/** Address of this host at which a cluster's members reach it. */
final class OwnAddress {
    private static final int ANY_PORT = 9;

    private OwnAddress() {}

    /**
     * Asks the host's routes; sends nothing.
     *
     * @param config of the cluster.
     * @return the address from which this host would send to the first member that has a route;
     *     IPv6 in brackets.
     * @throws ReplicationException naming the hosts when none has one.
     */
    static String towards(final ClusterConfig config) {
        String reason = "";
        for (int member = 0; member < config.members(); member++) {
            try {
                return towards(config.host(member));
            } catch (final SocketException | UnknownHostException ex) {
                reason = ex.getMessage();
            }
        }
        throw new ReplicationException(
                "this host has no route to any of hosts="
                        + config.hosts()
                        + " ("
                        + reason
                        + "): correct hosts, or the host's network");
    }

    private static String towards(final String host) throws SocketException, UnknownHostException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(host), ANY_PORT));
            final InetAddress own = socket.getLocalAddress();
            final String text = own.getHostAddress();
            return own instanceof Inet6Address ? "[" + text.replaceAll("%.*", "") + "]" : text;
        }
    }
}
