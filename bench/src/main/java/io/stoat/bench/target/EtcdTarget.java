package io.stoat.bench.target;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
import io.stoat.bench.workload.Operation;
import io.stoat.bench.workload.Workload;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.agrona.concurrent.UnsafeBuffer;

/** etcd with one member on loopback TCP through jetcd, one channel a client. */
final class EtcdTarget implements Target {
    private static final long TIMEOUT_MS = 10_000;

    private final ServerProgram server =
            new ServerProgram(
                    EtcdProgram.NAME,
                    (context, port) ->
                            EtcdProgram.arguments(
                                    0, port, List.of(Ports.freeTcp()), context.directory()));

    @Override
    public String name() {
        return "etcd";
    }

    @Override
    public String absence() {
        return server.absence();
    }

    @Override
    public String version() {
        return EtcdProgram.version() + ", jetcd " + Libraries.version(Client.class);
    }

    @Override
    public String settings() {
        return "one member, loopback TCP without TLS, one gRPC channel a client, linearizable reads, every write in its log (files in memory, so that fsync is cheap), backend quota 8 GB, compaction after 100,000 revisions";
    }

    @Override
    public int maxClients() {
        return 16;
    }

    /** A time to live would need a lease for each key. */
    @Override
    public boolean supports(final Workload workload) {
        return workload.ttlPercent() == 0;
    }

    @Override
    public NodeLauncher nodeLauncher() {
        return server;
    }

    @Override
    public long loadNsPerKey() {
        return 900_000;
    }

    @Override
    public Connector open(final RunContext context) {
        return ServerProgram.connector(() -> new Keys(context));
    }

    private static final class Keys implements BlockingStore {
        private final Client client;
        private final KV keys;
        private final UnsafeBuffer found = new UnsafeBuffer(0, 0);

        Keys(final RunContext context) {
            client =
                    Client.builder()
                            .endpoints(EtcdProgram.endpoint(Integer.parseInt(context.address())))
                            .build();
            keys = client.getKVClient();
        }

        private static ByteSequence bytes(final UnsafeBuffer buffer) {
            final byte[] bytes = new byte[buffer.capacity()];
            buffer.getBytes(0, bytes);
            return ByteSequence.from(bytes);
        }

        /** The answer, or null when there is none. */
        private static <T> T await(final Future<T> answer) {
            try {
                return answer.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
            } catch (final TimeoutException | ExecutionException ex) {
                return null;
            } catch (final InterruptedException ex) {
                Thread.currentThread().interrupt();
                return null;
            }
        }

        @Override
        public int get(final Operation operation) {
            final var answer = await(keys.get(bytes(operation.key())));
            if (answer == null) {
                return Outcome.FAILED;
            }
            final List<KeyValue> values = answer.getKvs();
            if (values.isEmpty()) {
                return Outcome.MISS;
            }
            final byte[] value = values.get(0).getValue().getBytes();
            found.wrap(value);
            return operation.isAnsweredBy(found, 0, value.length) ? Outcome.OK : Outcome.WRONG;
        }

        @Override
        public int put(final Operation operation) {
            return await(keys.put(bytes(operation.key()), bytes(operation.value()))) == null
                    ? Outcome.FAILED
                    : Outcome.OK;
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
