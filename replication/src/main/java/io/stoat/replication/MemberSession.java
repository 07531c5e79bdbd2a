package io.stoat.replication;

import io.aeron.Aeron;
import io.aeron.cluster.client.AeronCluster;
import io.aeron.exceptions.AeronException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;

/** A member's own sessions with its group, by its own media driver. */
final class MemberSession {
    private static final long MESSAGE_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(2);
    private static final long PROBE_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long PAUSE_NS = 1_000_000;

    private MemberSession() {}

    static AeronCluster.Context context(final MemberContext context, final Aeron aeron) {
        final ClusterConfig config = context.config();
        return new AeronCluster.Context()
                .aeron(aeron)
                .ownsAeronClient(false)
                .ingressChannel("aeron:udp?term-length=64k|mtu=1408")
                .ingressEndpoints(config.ingressEndpoints(context.group()))
                .egressChannel(
                        "aeron:udp?term-length=64k|endpoint="
                                + config.host(context.member())
                                + ":0")
                .credentialsSupplier(config.token().credentialsSupplier())
                .messageTimeoutNs(MESSAGE_TIMEOUT_NS)
                .errorHandler(error -> {});
    }

    /** Whether a leader answers within seconds: it admits a session only if a quorum follows it. */
    static boolean hasLeader(final MemberContext context) {
        final String aeronDir =
                MemberKeeper.aeronDirectory(context.config(), context.group(), context.member())
                        .toString();
        final long deadlineNs = System.nanoTime() + PROBE_NS;
        try (Aeron aeron =
                Aeron.connect(
                        new Aeron.Context()
                                .aeronDirectoryName(aeronDir)
                                .errorHandler(error -> {}))) {
            while (System.nanoTime() - deadlineNs < 0) {
                if (isAdmitted(AeronCluster.asyncConnect(context(context, aeron)), deadlineNs)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isAdmitted(
            final AeronCluster.AsyncConnect connect, final long deadlineNs) {
        AeronCluster session = null;
        try {
            while (session == null && System.nanoTime() - deadlineNs < 0) {
                session = connect.poll();
                LockSupport.parkNanos(PAUSE_NS);
            }
            return session != null;
        } catch (final AeronException noAnswer) {
            return false;
        } finally {
            CloseHelper.quietCloseAll(session, connect);
        }
    }
}
