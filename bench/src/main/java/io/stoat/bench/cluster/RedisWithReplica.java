package io.stoat.bench.cluster;

import io.stoat.bench.contender.ScratchDirectory;
import io.stoat.bench.rig.TalkingProcess;
import io.stoat.bench.target.Ports;
import io.stoat.bench.target.Programs;
import io.stoat.bench.target.RedisProgram;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;

/** A Redis and its replica; a put is a SET with WAIT 1 behind it, sent together. One thread. */
final class RedisWithReplica implements PeerCluster {
    private static final int WAIT_MS = 10_000;

    private final ScratchDirectory scratch = ScratchDirectory.create();
    private final List<TalkingProcess> servers = new ArrayList<>();
    private final PutBytes bytes;
    private Jedis jedis;
    private Pipeline pipeline;

    RedisWithReplica(final int valueLength, final long keys) {
        bytes = new PutBytes(valueLength, keys);
        try {
            final int primary = start("redis", List.of());
            start("redis replica", List.of("--replicaof", "127.0.0.1", String.valueOf(primary)));
            jedis = new Jedis("127.0.0.1", primary, 2 * WAIT_MS);
            PeerProcesses.await(
                    "replica of Redis", () -> jedis.info("replication").contains("state=online"));
            pipeline = jedis.pipelined();
            for (long i = 0; i < keys; i++) {
                putMany(1, 1);
            }
        } catch (final RuntimeException ex) {
            close();
            throw ex;
        }
    }

    static String absence() {
        return Programs.find(RedisProgram.NAME) == null
                ? RedisProgram.NAME + " is not installed"
                : null;
    }

    private int start(final String name, final List<String> more) {
        final int port = Ports.freeTcp();
        final List<String> command = new ArrayList<>();
        command.add(Programs.find(RedisProgram.NAME).toString());
        command.addAll(RedisProgram.arguments(port, scratch.path()));
        command.addAll(List.of("--repl-diskless-sync", "yes", "--repl-diskless-sync-delay", "0"));
        command.addAll(more);
        servers.add(Children.ofProgram(name, command));
        PeerProcesses.await(name, () -> Programs.isListening(port));
        return port;
    }

    @Override
    public String settings() {
        return RedisProgram.version()
                + ", primary and one replica, nothing on disk, Jedis, one connection: SET with WAIT 1"
                + " behind it in one write; batched: all puts in flight, then one WAIT 1";
    }

    @Override
    public void put() {
        putMany(1, 1);
    }

    @Override
    public int putMany(final int puts, final int messages) {
        final int count = puts * messages;
        for (int i = 0; i < count; i++) {
            bytes.next();
            pipeline.set(bytes.key(), bytes.value());
        }
        final Response<Long> replicas = pipeline.waitReplicas(1, WAIT_MS);
        pipeline.sync();
        if (replicas.get() < 1) {
            throw new IllegalStateException("the replica did not acknowledge in time");
        }
        return count;
    }

    @Override
    public void close() {
        CloseHelper.quietCloseAll(pipeline, jedis);
        servers.forEach(TalkingProcess::kill);
        scratch.close();
    }
}
