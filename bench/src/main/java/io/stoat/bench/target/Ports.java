package io.stoat.bench.target;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.concurrent.ThreadLocalRandom;

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
     * @param count of ports.
     * @return the first of so many UDP ports in a row that are free at the moment, below those that
     *     the system gives to anyone.
     */
    public static int freeUdpRange(final int count) {
        while (true) {
            final int first = 11_000 + ThreadLocalRandom.current().nextInt(2_000) * 10;
            if (isFree(first, count)) {
                return first;
            }
        }
    }

    private static boolean isFree(final int first, final int count) {
        for (int port = first; port < first + count; port++) {
            try (DatagramSocket socket =
                    new DatagramSocket(port, InetAddress.getLoopbackAddress())) {
                socket.disconnect();
            } catch (final SocketException taken) {
                return false;
            }
        }
        return true;
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
