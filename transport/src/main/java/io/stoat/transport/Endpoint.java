package io.stoat.transport;

import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.agrona.Strings;

/**
 * A UDP address as people write it, {@code HOST:PORT} or {@code [IPv6]:PORT}.
 *
 * @param host name or address, without brackets.
 * @param port 0 to 65535.
 */
record Endpoint(String host, int port) {
    private static final String BYTE = "(25[0-5]|2[0-4]\\d|1?\\d?\\d)";
    private static final Pattern IPV4 = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");

    /**
     * What is made of these and has a colon is an address or is refused, and is never looked up.
     */
    private static final Pattern IPV6_CHARACTERS = Pattern.compile("[0-9a-fA-F:.]+");

    static Endpoint parse(final String text) {
        final int colon = Strings.isEmpty(text) ? -1 : text.lastIndexOf(':');
        try {
            if (colon > 0) {
                final int port = Integer.parseInt(text.substring(colon + 1));
                final String name = text.substring(0, colon);
                final boolean bracketed = name.startsWith("[") && name.endsWith("]");
                final String host = bracketed ? name.substring(1, name.length() - 1) : name;
                if (port >= 0
                        && port <= 65_535
                        && !host.isEmpty()
                        && (bracketed || host.indexOf(':') < 0)) {
                    return new Endpoint(host, port);
                }
            }
        } catch (final NumberFormatException ignore) {
            // said below
        }
        throw new TransportException(
                "endpoint '" + text + "' is not HOST:PORT: write for example 127.0.0.1:7480");
    }

    /** Nothing listens beyond the host, and nothing is sent beyond it, without a token. */
    Endpoint requireLoopback() {
        if (!isLoopback()) {
            throw new TransportException(
                    "endpoint "
                            + this
                            + " is not a loopback address: beyond loopback a token file is required (--token-file), without one use 127.0.0.1:"
                            + port);
        }
        return this;
    }

    boolean isLoopback() {
        return address().isLoopbackAddress();
    }

    /** The address of this host from which the endpoint is reached. */
    String localHost() {
        final InetAddress address = address();
        if (address.isLoopbackAddress()) {
            return address.getHostAddress();
        }
        try (DatagramSocket socket = new DatagramSocket()) {
            // sends nothing; only chooses the route
            socket.connect(new InetSocketAddress(address, port));
            return socket.getLocalAddress().getHostAddress();
        } catch (final SocketException | UncheckedIOException ex) {
            throw new TransportException(
                    "endpoint " + this + " cannot be reached from this host: " + ex.getMessage(),
                    ex);
        }
    }

    /** Whether the host is an address, so that {@link #address()} looks up no name. */
    boolean isLiteral() {
        return IPV4.matcher(host).matches()
                || host.indexOf(':') >= 0 && IPV6_CHARACTERS.matcher(host).matches();
    }

    InetAddress address() {
        try {
            return InetAddress.getByName(host);
        } catch (final UnknownHostException ex) {
            throw new TransportException(
                    "endpoint " + this + ": host '" + host + "' is unknown", ex);
        }
    }

    String channel() {
        return "aeron:udp?endpoint=" + this;
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
