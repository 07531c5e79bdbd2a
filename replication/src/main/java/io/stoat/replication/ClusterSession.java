package io.stoat.replication;

import io.aeron.Aeron;
import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.client.EgressListener;
import io.aeron.exceptions.AeronException;
import io.aeron.logbuffer.Header;
import io.aeron.security.AuthenticationException;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;

/**
 * A client's session with a group: a connection to its leader that is made anew, without ever
 * blocking, whenever it is lost.
 */
final class ClusterSession implements EgressListener, AutoCloseable {
    /** Takes what the leader answers. */
    @FunctionalInterface
    interface AnswerHandler {
        void onAnswer(DirectBuffer buffer, int offset, int length);
    }

    private static final long KEEP_ALIVE_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long RECONNECT_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private final ReplicatedClientContext context;
    private final int group;
    private final Aeron aeron;
    private final AnswerHandler handler;
    private AeronCluster.AsyncConnect connect;
    private AeronCluster cluster;
    private boolean renewed;
    private long nextKeepAliveNs;
    private long nextConnectNs = System.nanoTime();

    ClusterSession(
            final ReplicatedClientContext context,
            final int group,
            final Aeron aeron,
            final AnswerHandler handler) {
        this.context = context;
        this.group = group;
        this.aeron = aeron;
        this.handler = handler;
    }

    private AeronCluster.Context clusterContext() {
        final ClusterConfig config = context.config();
        final String parameters =
                "aeron:udp?term-length=" + config.termLength() + "|mtu=" + config.mtu();
        return new AeronCluster.Context()
                .aeron(aeron)
                .ownsAeronClient(false)
                .ingressChannel(parameters)
                .ingressEndpoints(config.ingressEndpoints(group))
                .egressChannel(parameters + "|endpoint=" + context.egressHost() + ":0")
                .isIngressExclusive(true)
                .credentialsSupplier(config.token().credentialsSupplier())
                .egressListener(this)
                .messageTimeoutNs(
                        Math.max(TimeUnit.SECONDS.toNanos(1), 2 * config.heartbeatTimeoutNs()))
                .newLeaderTimeoutNs(
                        Math.max(TimeUnit.SECONDS.toNanos(1), 2 * config.heartbeatTimeoutNs()))
                .errorHandler(error -> {});
    }

    /** Lets everything work; never blocks. */
    int poll(final long nowNs) {
        int work = 0;
        try {
            if (cluster == null) {
                work += connect(nowNs);
            } else {
                work += cluster.pollEgress();
                if (cluster.isClosed()) {
                    disconnect(nowNs);
                } else if (nowNs - nextKeepAliveNs >= 0) {
                    nextKeepAliveNs = nowNs + KEEP_ALIVE_NS;
                    cluster.sendKeepAlive();
                }
            }
        } catch (final AuthenticationException refused) {
            throw new ReplicationException(
                    "the cluster refuses the client: the token is missing or wrong; give the"
                            + " cluster's token file (token-file, --token-file)",
                    refused);
        } catch (final AeronException | IllegalStateException lost) {
            disconnect(nowNs);
        }
        return work;
    }

    private int connect(final long nowNs) {
        if (connect == null) {
            if (nowNs - nextConnectNs < 0) {
                return 0;
            }
            connect = AeronCluster.asyncConnect(clusterContext());
        }
        cluster = connect.poll();
        if (cluster == null) {
            return 0;
        }
        connect = null;
        renewed = true;
        nextKeepAliveNs = nowNs + KEEP_ALIVE_NS;
        return 1;
    }

    /** The session is lost: the next poll begins to make another. */
    void disconnect(final long nowNs) {
        CloseHelper.quietCloseAll(connect, cluster);
        connect = null;
        cluster = null;
        nextConnectNs = nowNs + RECONNECT_NS;
    }

    /** Whether messages may be offered. */
    boolean isConnected() {
        return cluster != null;
    }

    /** Whether, since the last call, there is another leader or session: messages may be lost. */
    boolean takeRenewed() {
        final boolean was = renewed;
        renewed = false;
        return was;
    }

    /** Offers a message; false: try again after a poll. */
    boolean offer(final DirectBuffer buffer, final int length) {
        try {
            return cluster != null && cluster.offer(buffer, 0, length) > 0;
        } catch (final AeronException | IllegalArgumentException lost) {
            return false;
        }
    }

    /** Member that leads, or -1. */
    int leader() {
        return cluster == null ? -1 : cluster.leaderMemberId();
    }

    @Override
    public void onMessage(
            final long clusterSessionId,
            final long timestamp,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final Header header) {
        handler.onAnswer(buffer, offset, length);
    }

    @Override
    public void onNewLeader(
            final long clusterSessionId,
            final long leadershipTermId,
            final int leaderMemberId,
            final String ingressEndpoints) {
        renewed = true;
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(connect, cluster);
    }
}
