package io.stoat.bench.cluster;

import io.aeron.Aeron;
import io.aeron.cluster.client.AeronCluster;
import io.aeron.cluster.client.EgressListener;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.logbuffer.Header;
import io.stoat.replication.ClusterConfig;
import java.nio.file.Path;
import java.util.StringJoiner;
import java.util.concurrent.TimeUnit;
import org.agrona.CloseHelper;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.AgentInvoker;
import org.agrona.concurrent.UnsafeBuffer;

/** Messages of the same lengths through Aeron Cluster's own client, driver on the same thread. */
final class BareLoad implements Load, EgressListener {
    private static final int WINDOW = 64;
    private static final int INGRESS_PURPOSE = 0;
    private static final long KEEP_ALIVE_NS = TimeUnit.SECONDS.toNanos(1);

    private final PutMessage message;
    private final UnsafeBuffer request;
    private final MediaDriver driver;
    private final AgentInvoker driverInvoker;
    private final Aeron aeron;
    private final AgentInvoker aeronInvoker;
    private final AeronCluster.Context clusterContext;
    private AeronCluster.AsyncConnect connect;
    private AeronCluster cluster;
    private long nextKeepAliveNs;
    private int inFlight;
    private long answeredPuts;
    private int putsPerMessage;
    private int requestLength;

    BareLoad(final ClusterConfig config, final int port, final Path dir, final PutMessage message) {
        this.message = message;
        request = new UnsafeBuffer(new byte[config.maxMessageLength()]);
        driver =
                MediaDriver.launch(
                        new MediaDriver.Context()
                                .aeronDirectoryName(dir.resolve("client-driver").toString())
                                .threadingMode(ThreadingMode.INVOKER)
                                .mtuLength(config.mtu())
                                .ipcMtuLength(config.mtu())
                                .publicationTermBufferLength(config.termLength())
                                .dirDeleteOnStart(true)
                                .dirDeleteOnShutdown(true)
                                .warnIfDirectoryExists(false));
        driverInvoker = driver.sharedAgentInvoker();
        aeron =
                Aeron.connect(
                        new Aeron.Context()
                                .aeronDirectoryName(driver.aeronDirectoryName())
                                .useConductorAgentInvoker(true)
                                .driverAgentInvoker(driverInvoker));
        aeronInvoker = aeron.conductorAgentInvoker();
        final String parameters =
                "aeron:udp?term-length=" + config.termLength() + "|mtu=" + config.mtu();
        clusterContext =
                new AeronCluster.Context()
                        .aeron(aeron)
                        .ownsAeronClient(false)
                        .ingressChannel(parameters)
                        .ingressEndpoints(ingressEndpoints(config, port))
                        .egressChannel(parameters + "|endpoint=127.0.0.1:0")
                        .isIngressExclusive(true)
                        .messageTimeoutNs(TimeUnit.SECONDS.toNanos(10))
                        .egressListener(this);
    }

    private static String ingressEndpoints(final ClusterConfig config, final int port) {
        final StringJoiner endpoints = new StringJoiner(",");
        for (int member = 0; member < config.members(); member++) {
            final int at = port + member * ClusterConfig.PORTS_PER_MEMBER + INGRESS_PURPOSE;
            endpoints.add(member + "=" + config.host(member) + ':' + at);
        }
        return endpoints.toString();
    }

    @Override
    public void onMessage(
            final long clusterSessionId,
            final long timestamp,
            final DirectBuffer buffer,
            final int offset,
            final int length,
            final Header header) {
        inFlight--;
        answeredPuts += putsPerMessage;
    }

    @Override
    public boolean send(final int puts) {
        if (puts != putsPerMessage) {
            if (inFlight > 0) {
                return false;
            }
            putsPerMessage = puts;
            requestLength = message.requestLength(puts);
            request.putLong(Long.BYTES, PutMessage.answerLength(puts));
        }
        if (inFlight >= WINDOW || cluster.offer(request, 0, requestLength) < 0) {
            return false;
        }
        inFlight++;
        return true;
    }

    @Override
    public int poll() {
        int work = driverInvoker.invoke() + aeronInvoker.invoke();
        if (cluster != null) {
            work += cluster.pollEgress();
            final long nowNs = System.nanoTime();
            if (nowNs - nextKeepAliveNs >= 0) {
                nextKeepAliveNs = nowNs + KEEP_ALIVE_NS;
                cluster.sendKeepAlive();
            }
        } else {
            connect = connect == null ? AeronCluster.asyncConnect(clusterContext.clone()) : connect;
            try {
                cluster = connect.poll();
            } catch (final RuntimeException noLeaderYet) {
                CloseHelper.quietClose(connect);
                connect = null;
            }
            nextKeepAliveNs = System.nanoTime();
        }
        return work;
    }

    @Override
    public int inFlight() {
        return inFlight;
    }

    @Override
    public int window() {
        return WINDOW;
    }

    @Override
    public long answeredPuts() {
        return answeredPuts;
    }

    @Override
    public boolean isConnected() {
        return cluster != null;
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(cluster, aeron, driver);
    }
}
