package io.stoat.bench.echo;

import io.stoat.bench.WarmUp;
import io.stoat.bench.target.Ports;
import io.stoat.transport.ClientContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * The contenders of {@code bench echo} and what they showed: all of them stay for all rounds, warm
 * and connected, and take turns of a fraction of a second in each, forwards and backwards. Who
 * waits sleeps. Round trips of a get and of the bare echo change places several times within a
 * round, because a 99th percentile is made by what else the host does in those milliseconds.
 */
final class EchoRounds implements WarmUp.Subject<IOException>, AutoCloseable {
    final Samples bareUdp = new Samples();
    final Samples bareIpc = new Samples();
    final Samples getUdp = new Samples();
    final Samples getIpc = new Samples();
    final Samples bareUdpRate = new Samples();
    final Samples bareIpcRate = new Samples();
    final Samples shippedUdpRate = new Samples();
    final Samples getUdpRate = new Samples();
    final Samples getIpcRate = new Samples();
    final Samples batchedUdpRate = new Samples();
    final Samples batchedIpcRate = new Samples();
    final Samples putToOwner = new Samples();
    final Samples putForwarded = new Samples();
    final Samples redis = new Samples();
    final Samples redisPolled = new Samples();
    final Samples redisRate = new Samples();

    /** How often two that are compared by their round trips change places in a round. */
    private static final int CHANGES = 6;

    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<Measurement> turns = new ArrayList<>();
    private final List<Runnable> keptAlive = new ArrayList<>();
    private final List<NodeProcess> nodes = new ArrayList<>();
    private final long sliceNs;
    private NodeProcess running;

    /** A fraction of a round. */
    private interface Measurement {
        void run() throws IOException;
    }

    /** One of two whose round trips are compared. */
    private record Traveller(NodeProcess node, RoundTrips roundTrips, Samples samples) {}

    EchoRounds(
            final Path directory,
            final int valueLength,
            final long sliceMs,
            final boolean yielding,
            final boolean withRedis)
            throws IOException, InterruptedException {
        sliceNs = TimeUnit.MILLISECONDS.toNanos(sliceMs);
        try {
            addGets(
                    Files.createDirectory(directory.resolve("echo")),
                    Files.createDirectory(directory.resolve("one")),
                    valueLength,
                    yielding);
            addShipped(Files.createDirectory(directory.resolve("shipped")), valueLength, yielding);
            addPuts(Files.createDirectory(directory.resolve("two")), valueLength, yielding);
            if (withRedis) {
                addRedis(directory, valueLength, yielding);
            }
        } catch (final IOException | RuntimeException ex) {
            close();
            throw ex;
        }
    }

    private static IdleStrategy idle(final boolean yielding) {
        return yielding ? new YieldingIdleStrategy() : new BusySpinIdleStrategy();
    }

    private <T extends AutoCloseable> T opened(final T resource) {
        open.add(resource);
        return resource;
    }

    private NodeProcess node(
            final String kind,
            final Path directory,
            final String endpoint,
            final int valueLength,
            final boolean yielding) {
        final NodeProcess node =
                opened(
                        new NodeProcess(
                                EchoNode.class,
                                kind,
                                directory,
                                endpoint,
                                valueLength,
                                yielding ? EchoNode.YIELD : EchoNode.SPIN));
        nodes.add(node);
        node.pause(true);
        keptAlive.forEach(Runnable::run);
        return node;
    }

    private static String freeEndpoint() {
        return "127.0.0.1:" + Ports.freeUdp();
    }

    /** A node for each way of asking, so that each has as many connections as the bare echo. */
    private void addGets(
            final Path directory, final Path gets, final int valueLength, final boolean yielding)
            throws IOException {
        final String endpoint = freeEndpoint();
        final NodeProcess node = node(EchoNode.BARE, directory, endpoint, valueLength, yielding);
        final int mtuLength = EchoNode.MTU_LENGTH;
        final EchoLoad udp =
                opened(new EchoLoad(directory, endpoint, true, mtuLength, idle(yielding)));
        final EchoLoad ipc =
                opened(new EchoLoad(directory, endpoint, false, mtuLength, idle(yielding)));
        keptAlive.add(udp::poll);
        keptAlive.add(ipc::poll);
        final Gets single = new Gets(gets.resolve("single"), valueLength, yielding);
        final Gets pipelined = new Gets(gets.resolve("pipelined"), valueLength, yielding);
        final Gets batched = new Gets(gets.resolve("batched"), valueLength, yielding);
        turns.add(
                () ->
                        compare(
                                new Traveller(node, udp, bareUdp),
                                new Traveller(single.node, single.udp, getUdp)));
        turns.add(
                () ->
                        compare(
                                new Traveller(node, ipc, bareIpc),
                                new Traveller(single.node, single.ipc, getIpc)));
        turn(node, () -> bareUdpRate.add(udp.throughput(sliceNs)));
        turn(pipelined.node, () -> getUdpRate.add(pipelined.udp.singleThroughput(sliceNs)));
        turn(batched.node, () -> batchedUdpRate.add(batched.udp.batchedThroughput(sliceNs)));
        turn(node, () -> bareIpcRate.add(ipc.throughput(sliceNs)));
        turn(pipelined.node, () -> getIpcRate.add(pipelined.ipc.singleThroughput(sliceNs)));
        turn(batched.node, () -> batchedIpcRate.add(batched.ipc.batchedThroughput(sliceNs)));
    }

    /**
     * The bare echo with Aeron's own packets, a node beside that with packets as long as Stoat's.
     */
    private void addShipped(final Path directory, final int valueLength, final boolean yielding)
            throws IOException {
        final String endpoint = freeEndpoint();
        final NodeProcess node =
                node(EchoNode.BARE_AS_SHIPPED, directory, endpoint, valueLength, yielding);
        final EchoLoad udp =
                opened(
                        new EchoLoad(
                                directory,
                                endpoint,
                                true,
                                EchoNode.SHIPPED_MTU_LENGTH,
                                idle(yielding)));
        keptAlive.add(udp::poll);
        turn(node, () -> shippedUdpRate.add(udp.throughput(sliceNs)));
    }

    private void turn(final NodeProcess node, final Measurement measurement) {
        turns.add(
                () -> {
                    goOn(node);
                    measurement.run();
                });
    }

    /** The round trips of two, who change places; who begins changes, too. */
    private void compare(final Traveller one, final Traveller other) {
        final Histogram ofOne = RoundTrips.histogram();
        final Histogram ofOther = RoundTrips.histogram();
        for (int change = 0; change < CHANGES; change++) {
            if (change % 2 == 0) {
                travel(one, ofOne);
                travel(other, ofOther);
            } else {
                travel(other, ofOther);
                travel(one, ofOne);
            }
        }
        one.samples.add(ofOne);
        other.samples.add(ofOther);
    }

    private void travel(final Traveller traveller, final Histogram histogram) {
        goOn(traveller.node);
        traveller.roundTrips.record(sliceNs / CHANGES, histogram);
    }

    /** A node with a client over UDP and one over IPC. */
    private final class Gets {
        private final NodeProcess node;
        private final GetLoad udp;
        private final GetLoad ipc;

        Gets(final Path directory, final int valueLength, final boolean yielding)
                throws IOException {
            Files.createDirectory(directory);
            final String endpoint = freeEndpoint();
            node = node(EchoNode.STOAT, directory, endpoint, valueLength, yielding);
            udp =
                    opened(
                            new GetLoad(
                                    () ->
                                            new ClientContext()
                                                    .endpoint(endpoint)
                                                    .driverOnCallerThread(true),
                                    valueLength,
                                    idle(yielding)));
            ipc =
                    opened(
                            new GetLoad(
                                    () -> new ClientContext().dataDir(EchoNode.dataDir(directory)),
                                    valueLength,
                                    idle(yielding)));
            keptAlive.add(udp::poll);
        }
    }

    private void addPuts(final Path directory, final int valueLength, final boolean yielding)
            throws IOException {
        final NodeProcess node =
                node(EchoNode.STOAT_TWO_WRITERS, directory, freeEndpoint(), valueLength, yielding);
        final Path dataDir = EchoNode.dataDir(directory);
        final GetLoad routed =
                opened(
                        new GetLoad(
                                () -> new ClientContext().dataDir(dataDir),
                                valueLength,
                                idle(yielding)));
        final GetLoad forwarded =
                opened(
                        new GetLoad(
                                () -> new ClientContext().dataDir(dataDir).routing(false),
                                valueLength,
                                idle(yielding)));
        turn(node, () -> putToOwner.add(routed.puts(sliceNs)));
        turn(node, () -> putForwarded.add(forwarded.puts(sliceNs)));
    }

    private void addRedis(final Path directory, final int valueLength, final boolean yielding)
            throws IOException, InterruptedException {
        final RedisProcess process = opened(new RedisProcess(directory));
        final RedisLoad load = opened(new RedisLoad(process.port(), valueLength, idle(yielding)));
        turn(null, () -> redis.add(load.roundTrips(sliceNs)));
        turn(null, () -> redisPolled.add(load.polled().roundTrips(sliceNs)));
        turn(null, () -> redisRate.add(load.pipelined(sliceNs)));
    }

    /** One round: everybody's turns, backwards in every other one. */
    @Override
    public void round(final int round) throws IOException {
        final List<Measurement> order = new ArrayList<>(turns);
        if (round % 2 == 0) {
            Collections.reverse(order);
        }
        for (final Measurement turn : order) {
            turn.run();
        }
        goOn(null);
        keptAlive.forEach(Runnable::run);
    }

    @Override
    public long compiledMs() {
        long compiledMs = WarmUp.compiledMs();
        for (final NodeProcess node : nodes) {
            compiledMs += node.compiledMs();
        }
        return compiledMs;
    }

    private void goOn(final NodeProcess node) {
        if (running != node) {
            if (running != null) {
                running.pause(true);
            }
            running = node;
            if (node != null) {
                node.pause(false);
            }
        }
    }

    /** What was seen so far was for warming up. */
    void forget() {
        for (final Samples samples :
                List.of(
                        bareUdp,
                        bareIpc,
                        getUdp,
                        getIpc,
                        bareUdpRate,
                        bareIpcRate,
                        shippedUdpRate,
                        getUdpRate,
                        getIpcRate,
                        batchedUdpRate,
                        batchedIpcRate,
                        putToOwner,
                        putForwarded,
                        redis,
                        redisPolled,
                        redisRate)) {
            samples.clear();
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        Exception failure = null;
        for (int i = open.size() - 1; i >= 0; i--) {
            try {
                open.get(i).close();
            } catch (final Exception ex) {
                failure = ex;
            }
        }
        open.clear();
        if (failure instanceof IOException ex) {
            throw ex;
        }
        if (failure instanceof InterruptedException ex) {
            throw ex;
        }
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
    }
}
