package io.stoat.bench.target;

import io.stoat.bench.workload.Operation;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeoutException;
import net.rubyeye.xmemcached.MemcachedClient;
import net.rubyeye.xmemcached.XMemcachedClientBuilder;
import net.rubyeye.xmemcached.exception.MemcachedException;
import net.rubyeye.xmemcached.transcoders.CachedData;
import net.rubyeye.xmemcached.transcoders.CompressionMode;
import net.rubyeye.xmemcached.transcoders.PrimitiveTypeTranscoder;
import org.agrona.concurrent.UnsafeBuffer;

/** memcached on loopback TCP through XMemcached, one connection a client. */
final class MemcachedTarget implements Target {
    private static final String PROGRAM = "memcached";
    private static final long TIMEOUT_MS = 5_000;
    private static final int MAX_VALUE_LENGTH = 1_000_000;

    private final ServerProgram server =
            new ServerProgram(
                    PROGRAM,
                    (context, port) ->
                            List.of(
                                    "-p",
                                    String.valueOf(port),
                                    "-U",
                                    "0",
                                    "-l",
                                    "127.0.0.1",
                                    "-m",
                                    "4096",
                                    "-u",
                                    System.getProperty("user.name")));

    @Override
    public String name() {
        return "memcached";
    }

    @Override
    public String absence() {
        return server.absence();
    }

    @Override
    public String version() {
        return Programs.firstLine(PROGRAM, "-V")
                + ", XMemcached "
                + Libraries.version(MemcachedClient.class);
    }

    @Override
    public String settings() {
        return "loopback TCP, text protocol, one connection a client, memory bound 4 GB, keys of 16 hexadecimal digits";
    }

    @Override
    public boolean supports(final io.stoat.bench.workload.Workload workload) {
        return workload.valueLength() <= MAX_VALUE_LENGTH;
    }

    @Override
    public NodeLauncher nodeLauncher() {
        return server;
    }

    @Override
    public long loadNsPerKey() {
        return 100_000;
    }

    @Override
    public Connector open(final RunContext context) {
        return ServerProgram.connector(() -> new Items(context));
    }

    /** Bytes as they are. */
    private static final class PlainBytes extends PrimitiveTypeTranscoder<byte[]> {
        PlainBytes() {
            setCompressionMode(CompressionMode.ZIP);
            setCompressionThreshold(Integer.MAX_VALUE);
        }

        @Override
        public CachedData encode(final byte[] bytes) {
            return new CachedData(0, bytes);
        }

        @Override
        public byte[] decode(final CachedData data) {
            return data.getData();
        }
    }

    private static final class Items implements BlockingStore {
        private static final char[] DIGITS = "0123456789abcdef".toCharArray();

        private final MemcachedClient client;
        private final PlainBytes bytes = new PlainBytes();
        private final char[] key = new char[16];
        private final int valueLength;
        private final UnsafeBuffer found = new UnsafeBuffer(0, 0);

        Items(final RunContext context) {
            valueLength = context.workload().valueLength();
            try {
                final XMemcachedClientBuilder builder =
                        new XMemcachedClientBuilder("127.0.0.1:" + context.address());
                builder.setOpTimeout(TIMEOUT_MS);
                client = builder.build();
                client.setEnableHeartBeat(false);
            } catch (final IOException ex) {
                throw new IllegalStateException("memcached is not reached: " + ex.getMessage(), ex);
            }
        }

        private String key(final long index) {
            for (int i = 0; i < key.length; i++) {
                key[i] = DIGITS[(int) (index >>> (60 - 4 * i)) & 15];
            }
            return new String(key);
        }

        @Override
        public int get(final Operation operation) {
            try {
                final byte[] answer = client.get(key(operation.index()), TIMEOUT_MS, bytes);
                if (answer == null) {
                    return Outcome.MISS;
                }
                found.wrap(answer);
                return operation.isAnsweredBy(found, 0, answer.length) ? Outcome.OK : Outcome.WRONG;
            } catch (final TimeoutException | MemcachedException ex) {
                return Outcome.FAILED;
            } catch (final InterruptedException ex) {
                Thread.currentThread().interrupt();
                return Outcome.FAILED;
            }
        }

        @Override
        public int put(final Operation operation) {
            final byte[] value = new byte[valueLength];
            operation.value().getBytes(0, value);
            final int expirySeconds = (int) ((operation.ttlMs() + 999) / 1000);
            try {
                return client.set(key(operation.index()), expirySeconds, value, bytes, TIMEOUT_MS)
                        ? Outcome.OK
                        : Outcome.FAILED;
            } catch (final TimeoutException | MemcachedException ex) {
                return Outcome.FAILED;
            } catch (final InterruptedException ex) {
                Thread.currentThread().interrupt();
                return Outcome.FAILED;
            }
        }

        @Override
        public void close() {
            try {
                client.shutdown();
            } catch (final IOException ex) {
                throw new IllegalStateException(ex);
            }
        }
    }
}
