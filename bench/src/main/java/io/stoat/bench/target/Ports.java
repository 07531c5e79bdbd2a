package io.stoat.bench.target;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Free ports of the loopback interface. Any thread. */
public final class Ports {
    private Ports() {}

    /**
     * @return UDP port that is free at the moment.
     */
    public static int freeUdp() {
        try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (final IOException ex) {
            throw new UncheckedIOException("no free UDP port", ex);
        }
    }

    /**
     * @return TCP port that is free at the moment.
     */
    public static int freeTcp() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (final IOException ex) {
            throw new UncheckedIOException("no free TCP port", ex);
        }
    }
}
