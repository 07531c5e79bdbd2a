package io.stoat.bench.target;

import io.stoat.bench.workload.Operation;
import org.agrona.concurrent.UnsafeBuffer;
import redis.clients.jedis.Connection;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.params.SetParams;

/** Redis on loopback TCP through Jedis, one connection a client, nothing persisted. */
final class RedisTarget implements Target {
    private final ServerProgram server =
            new ServerProgram(
                    RedisProgram.NAME,
                    (context, port) -> RedisProgram.arguments(port, context.directory()));

    @Override
    public String name() {
        return "redis";
    }

    @Override
    public String absence() {
        return server.absence();
    }

    @Override
    public String version() {
        return RedisProgram.version() + ", Jedis " + Libraries.version(Jedis.class);
    }

    @Override
    public String settings() {
        return "loopback TCP, one blocking connection a client, save '' and appendonly no";
    }

    @Override
    public NodeLauncher nodeLauncher() {
        return server;
    }

    @Override
    public long loadNsPerKey() {
        return 60_000;
    }

    @Override
    public Connector open(final RunContext context) {
        return ServerProgram.connector(
                () ->
                        new Keys(
                                new Jedis("127.0.0.1", Integer.parseInt(context.address())),
                                context));
    }

    private static final class Keys implements BlockingStore {
        private final Jedis jedis;
        private final byte[] key;
        private final byte[] value;
        private final UnsafeBuffer found = new UnsafeBuffer(0, 0);

        Keys(final Jedis jedis, final RunContext context) {
            this.jedis = jedis;
            final Connection connection = jedis.getConnection();
            connection.connect();
            key = new byte[context.workload().keyLength()];
            value = new byte[context.workload().valueLength()];
        }

        @Override
        public int get(final Operation operation) {
            try {
                operation.key().getBytes(0, key);
                final byte[] answer = jedis.get(key);
                if (answer == null) {
                    return Outcome.MISS;
                }
                found.wrap(answer);
                return operation.isAnsweredBy(found, 0, answer.length) ? Outcome.OK : Outcome.WRONG;
            } catch (final JedisException ex) {
                return Outcome.FAILED;
            }
        }

        @Override
        public int put(final Operation operation) {
            try {
                operation.key().getBytes(0, key);
                operation.value().getBytes(0, value);
                if (operation.ttlMs() == 0) {
                    jedis.set(key, value);
                } else {
                    jedis.set(key, value, SetParams.setParams().px(operation.ttlMs()));
                }
                return Outcome.OK;
            } catch (final JedisException ex) {
                return Outcome.FAILED;
            }
        }

        @Override
        public void close() {
            jedis.close();
        }
    }
}
