package io.stoat.transport;

import io.aeron.exceptions.AeronException;
import java.util.concurrent.TimeUnit;

/** Opens a client's first connection, within its time-out, or says why there is none. */
final class ConnectionOpener {
    private static final CompletionHandler NOTHING =
            (correlationId, status, version, operand, buffer, offset, length) -> {};

    private ConnectionOpener() {}

    static Connection open(final ClientContext context) {
        return open(context, new Connection(context, false));
    }

    static Connection openForReads(final ClientContext context) {
        return open(context, new Connection(context, true));
    }

    private static Connection open(final ClientContext context, final Connection connection) {
        try {
            final long deadlineNs = System.nanoTime() + context.connectTimeoutNs();
            while (!connection.isOpen()) {
                context.idleStrategy().idle(connection.poll(NOTHING));
                if (connection.refusal() != 0) {
                    throw refused(context, connection.refusal());
                }
                if (System.nanoTime() - deadlineNs > 0) {
                    throw unreachable(context, null);
                }
            }
            context.idleStrategy().reset();
            return connection;
        } catch (final AeronException | IllegalStateException ex) {
            connection.close();
            throw unreachable(context, ex);
        } catch (final RuntimeException ex) {
            connection.close();
            throw ex;
        }
    }

    private static TransportException refused(final ClientContext context, final int status) {
        final String reason =
                switch (status) {
                    case TransportStatus.INCOMPATIBLE ->
                            "it does not speak version "
                                    + StoreClient.PROTOCOL_VERSION
                                    + " of the protocol: use the client of the node's version";
                    case TransportStatus.NOT_AUTHENTICATED ->
                            "the token is missing or wrong: give the node's token file";
                    case TransportStatus.SESSION_REFUSED ->
                            "it has as many sessions as it takes, or may not answer to this"
                                    + " address: see the node's maxSessions";
                    default -> "status " + TransportStatus.nameOf(status);
                };
        return new TransportException(
                "the node " + where(context) + " refused the session: " + reason, status);
    }

    private static TransportException unreachable(
            final ClientContext context, final Throwable cause) {
        return new TransportException(
                "no node answers "
                        + where(context)
                        + " within "
                        + TimeUnit.NANOSECONDS.toMillis(context.connectTimeoutNs())
                        + " ms: start it with 'stoat node', or check the address",
                cause);
    }

    private static String where(final ClientContext context) {
        return context.endpoint() == null
                ? "over IPC for data directory " + context.dataDir()
                : "at endpoint " + context.endpoint();
    }
}
