package io.stoat.bench.echo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.IdleStrategy;
import redis.clients.jedis.Jedis;

/**
 * Asks a Redis server over one loopback TCP connection: as an ordinary client that blocks on its
 * socket (Jedis), and as one that polls it on a busy thread, which is the most that Redis can give.
 */
final class RedisLoad implements RoundTrips, AutoCloseable {
    private static final int READ_BUFFER_LENGTH = 256 * 1024;

    private final int valueLength;
    private final IdleStrategy idle;
    private final Jedis jedis;
    private final byte[] key = new byte[EchoNode.KEY_LENGTH];
    private final ByteBuffer keyBytes =
            ByteBuffer.wrap(key).order(java.nio.ByteOrder.LITTLE_ENDIAN);
    private final SocketChannel channel;
    private final byte[] head;
    private final int answerLength;
    private final ByteBuffer requests;
    private final ByteBuffer answers = ByteBuffer.allocateDirect(READ_BUFFER_LENGTH);
    private long received;
    private long next;

    RedisLoad(final int port, final int valueLength, final IdleStrategy idle) throws IOException {
        this.valueLength = valueLength;
        this.idle = idle;
        jedis = new Jedis("127.0.0.1", port);
        head =
                ("*2\r\n$3\r\nGET\r\n$" + EchoNode.KEY_LENGTH + "\r\n")
                        .getBytes(StandardCharsets.US_ASCII);
        answerLength = ("$" + valueLength + "\r\n").length() + valueLength + 2;
        requests =
                ByteBuffer.allocateDirect(GetLoad.BATCH * (head.length + EchoNode.KEY_LENGTH + 2));
        for (int i = 0; i < EchoNode.KEYS; i++) {
            nextKey();
            jedis.set(key, new byte[valueLength]);
        }
        channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.configureBlocking(false);
    }

    private void nextKey() {
        keyBytes.putLong(0, next++ % EchoNode.KEYS);
    }

    /** By Jedis. */
    @Override
    public void roundTrip() {
        nextKey();
        final byte[] answer = jedis.get(key);
        if (answer == null || answer.length != valueLength) {
            throw new IllegalStateException("Redis does not know a key");
        }
    }

    /** The same on a socket that is polled. */
    RoundTrips polled() {
        return () -> {
            final long expected = received + 1;
            try {
                send(1);
                while (received < expected) {
                    idle.idle(receive());
                }
            } catch (final IOException ex) {
                throw new UncheckedIOException(ex);
            }
        };
    }

    /** Gets a second, as many in flight as Stoat's batched client has, as many in a write. */
    double pipelined(final long durationNs) throws IOException {
        final long base = received;
        long sent = 0;
        final long startNs = System.nanoTime();
        long nowNs = startNs;
        while (nowNs - startNs < durationNs) {
            while (sent - (received - base) <= GetLoad.BATCHED_WINDOW - GetLoad.BATCH) {
                send(GetLoad.BATCH);
                sent += GetLoad.BATCH;
            }
            idle.idle(receive());
            nowNs = System.nanoTime();
        }
        final double rate = (received - base) * 1e9 / (nowNs - startNs);
        while (received - base < sent) {
            idle.idle(receive());
        }
        return rate;
    }

    private void send(final int count) throws IOException {
        requests.clear();
        for (int i = 0; i < count; i++) {
            nextKey();
            requests.put(head).put(key).put((byte) '\r').put((byte) '\n');
        }
        requests.flip();
        while (requests.hasRemaining()) {
            if (channel.write(requests) == 0) {
                receive();
            }
        }
    }

    /** Answers are all of one length: each must begin as it should. */
    private int receive() throws IOException {
        final int read = channel.read(answers);
        if (read < 0) {
            throw new IOException("Redis has closed the connection");
        }
        if (read == 0) {
            return 0;
        }
        final int whole = answers.position() / answerLength;
        for (int i = 0; i < whole; i++) {
            if (answers.get(i * answerLength) != '$' || answers.get(i * answerLength + 1) == '-') {
                throw new IOException("Redis gave a wrong answer");
            }
        }
        received += whole;
        answers.flip().position(whole * answerLength);
        answers.compact();
        return whole;
    }

    @Override
    public void close() throws IOException {
        jedis.close();
        channel.close();
    }
}
