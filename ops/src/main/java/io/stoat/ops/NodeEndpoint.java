package io.stoat.ops;

import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;

/** Checks a node's endpoint before a data directory is made for nothing. */
final class NodeEndpoint {
    private NodeEndpoint() {}

    /**
     * @throws CommandFailure when the node could not listen there, or must not.
     */
    static void requireUsable(final NodeConfig config) {
        if (config.endpoint() == null) {
            return;
        }
        final int colon = config.endpoint().lastIndexOf(':');
        final int port = Integer.parseInt(config.endpoint().substring(colon + 1));
        final InetSocketAddress address =
                new InetSocketAddress(
                        config.endpoint().substring(0, colon).replaceAll("[\\[\\]]", ""), port);
        if (address.isUnresolved()) {
            throw refusal(
                    config, "the host is not known; give an address of this host, or 127.0.0.1");
        }
        requireFree(config, address);
        if (config.tokenFile() == null && !address.getAddress().isLoopbackAddress()) {
            throw refusal(
                    config,
                    "who is beyond this host must bring a token: give --token-file FILE, or the"
                            + " loopback address 127.0.0.1:"
                            + port);
        }
    }

    private static void requireFree(final NodeConfig config, final InetSocketAddress address) {
        final String trouble = trouble(address);
        if (trouble != null) {
            throw refusal(config, trouble);
        }
    }

    /**
     * Why this process cannot listen at an address, with the mend; null when it can.
     *
     * @param address resolved or not.
     */
    static String trouble(final InetSocketAddress address) {
        if (address.isUnresolved()) {
            return "the host is not known; give an address of this host";
        }
        try (DatagramSocket socket = new DatagramSocket(null)) {
            socket.setReuseAddress(false);
            socket.bind(address);
            return null;
        } catch (final BindException ex) {
            return ex.getMessage()
                    + "; if another process has the port, ss -ulpn 'sport = :"
                    + address.getPort()
                    + "' names it: stop it, or give another port; if the address is not this"
                    + " host's, ip -brief address lists those that are";
        } catch (final SocketException ex) {
            return ex.getMessage() + "; give an address of this host";
        }
    }

    private static CommandFailure refusal(final NodeConfig config, final String reason) {
        return CommandFailure.failed(
                config.named(NodeSetting.ENDPOINT) + " cannot be used: " + reason);
    }
}
