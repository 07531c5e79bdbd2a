package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.CommandEncoder;
import io.stoat.store.Eviction;
import io.stoat.store.PutMode;
import io.stoat.store.Status;
import io.stoat.store.StoreContext;
import io.stoat.store.StoreReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.agrona.DirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class ChangeFeedTest {
    @TempDir Path dir;

    /** Writes down what it is told and checks the order. */
    private static final class Recorder implements ChangeHandler {
        private final List<String> lines = new ArrayList<>();
        private final Map<Integer, Long> last = new HashMap<>();
        private final List<long[]> gaps = new ArrayList<>();
        private int changes;
        private int outOfOrder;

        private void order(final int shard, final long version) {
            changes++;
            if (version < last.getOrDefault(shard, 0L)) {
                outOfOrder++;
            }
            last.put(shard, version);
        }

        private static String text(final DirectBuffer buffer, final int offset, final int length) {
            return buffer.getStringWithoutLengthUtf8(offset, length);
        }

        @Override
        public void onPut(
                final int shard,
                final long version,
                final long expiresAtMs,
                final DirectBuffer buffer,
                final int keyOffset,
                final int keyLength,
                final int valueOffset,
                final int valueLength) {
            order(shard, version);
            if (lines.size() < 100) {
                lines.add(
                        "put "
                                + text(buffer, keyOffset, keyLength)
                                + " "
                                + (valueLength == 8
                                        ? String.valueOf(
                                                buffer.getLong(valueOffset, ChangeLayout.ORDER))
                                        : valueLength < 0
                                                ? "?"
                                                : text(buffer, valueOffset, valueLength)));
            }
        }

        @Override
        public void onRemove(
                final int shard,
                final long version,
                final DirectBuffer buffer,
                final int keyOffset,
                final int keyLength) {
            order(shard, version);
            lines.add("remove " + text(buffer, keyOffset, keyLength));
        }

        @Override
        public void onExpire(
                final int shard,
                final long version,
                final long expiredVersion,
                final DirectBuffer buffer,
                final int keyOffset,
                final int keyLength) {
            order(shard, version);
            lines.add("expire " + text(buffer, keyOffset, keyLength) + " " + expiredVersion);
        }

        @Override
        public void onEvict(
                final int shard,
                final long version,
                final long evictedVersion,
                final DirectBuffer buffer,
                final int keyOffset,
                final int keyLength) {
            order(shard, version);
            lines.add("evict " + text(buffer, keyOffset, keyLength) + " " + evictedVersion);
        }

        @Override
        public void onTouch(
                final int shard,
                final long version,
                final long expiresAtMs,
                final DirectBuffer buffer,
                final int keyOffset,
                final int keyLength) {
            order(shard, version);
            lines.add("touch " + text(buffer, keyOffset, keyLength));
        }

        @Override
        public void onGap(final int shard, final long afterVersion, final long toVersion) {
            gaps.add(new long[] {shard, afterVersion, toVersion});
            last.put(shard, toVersion);
        }
    }

    private static ChangeFeed subscribe(
            final ServerFixture fixture,
            final boolean udp,
            final String prefix,
            final ChangeHandler handler) {
        final UnsafeBuffer bytes = ServerFixture.bytes(prefix);
        final ChangeFeed feed =
                ChangeFeed.subscribe(
                        udp ? fixture.udp().driverOnCallerThread(true) : fixture.ipc(),
                        bytes,
                        0,
                        bytes.capacity());
        while (!feed.isStarted()) {
            feed.poll(handler);
        }
        return feed;
    }

    private static int put(final StoreClient client, final String key, final String value) {
        final UnsafeBuffer keyBytes = ServerFixture.bytes(key);
        final UnsafeBuffer valueBytes = ServerFixture.bytes(value);
        return client.put(
                keyBytes, 0, keyBytes.capacity(), valueBytes, 0, valueBytes.capacity(), 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTellEveryChangeOfThePrefix(final boolean udp) throws IOException {
        final Recorder recorder = new Recorder();
        try (ServerFixture fixture =
                        new ServerFixture(dir, 200, context -> context.writeAgents(2));
                StoreClient client = fixture.connect(false)) {
            assertEquals(Status.OK, put(client, "a:before", "0"));
            try (ChangeFeed feed = subscribe(fixture, udp, "a:", recorder)) {
                final UnsafeBuffer key = ServerFixture.bytes("a:key");
                final UnsafeBuffer sum = ServerFixture.bytes("a:sum");
                final UnsafeBuffer before = ServerFixture.bytes("a:before");
                assertEquals(Status.OK, put(client, "a:key", "one"));
                assertEquals(Status.OK, put(client, "b:key", "not this"));
                assertEquals(Status.OK, put(client, "a:key", "two"));
                assertEquals(Status.ALREADY_EXISTS, client.putIfAbsent(key, 0, 5, key, 0, 5, 0));
                assertEquals(Status.OK, client.touch(key, 0, 5, 3_600_000));
                assertEquals(Status.OK, client.remove(key, 0, 5));
                assertEquals(Status.NOT_FOUND, client.remove(key, 0, 5));
                assertEquals(Status.OK, client.add(sum, 0, 5, 41));
                assertEquals(Status.OK, client.add(sum, 0, 5, 1));
                assertEquals(Status.OK, client.remove(before, 0, 8));
                final UnsafeBuffer batch = new UnsafeBuffer(new byte[1024]);
                final CommandEncoder encoder = new CommandEncoder().wrap(batch, 0, 1024);
                encoder.beginBatch();
                encoder.put(PutMode.ALWAYS, key, 0, 5, key, 0, 5, 0, false, 0);
                encoder.remove(key, 0, 5);
                assertEquals(Status.OK, client.apply(batch, 0, encoder.endBatch()));
                while (recorder.changes < 9) {
                    feed.poll(recorder);
                }
                assertEquals(0, recorder.outOfOrder);
                assertEquals(List.of(), recorder.gaps);
                final List<String> ofKey =
                        recorder.lines.stream().filter(line -> line.contains("a:key")).toList();
                assertEquals(
                        List.of(
                                "put a:key one",
                                "put a:key two",
                                "touch a:key",
                                "remove a:key",
                                "put a:key a:key",
                                "remove a:key"),
                        ofKey);
                assertTrue(recorder.lines.contains("put a:sum 41"), recorder.lines.toString());
                assertTrue(recorder.lines.contains("put a:sum 42"), recorder.lines.toString());
                assertTrue(recorder.lines.contains("remove a:before"), recorder.lines.toString());
            }
            assertNull(fixture.error.get());
        }
    }

    @Test
    void shouldTellASlowSubscriberWhatItMissedAndNeverHoldUpTheWriter() throws IOException {
        final int keys = 500;
        try (ServerFixture fixture =
                        new ServerFixture(dir, 1_000, context -> context.feedLength(64 * 1024));
                StoreClient client = fixture.connect(false);
                StoreReader reader = StoreReader.attach(dir);
                ChangeFeed feed = subscribe(fixture, false, "", new Recorder())) {
            final UnsafeBuffer key = new UnsafeBuffer(new byte[8]);
            final UnsafeBuffer value = new UnsafeBuffer(new byte[900]);
            // more than Aeron's window, the message and the ring can hold, with nobody polling
            for (int i = 0; i < 8_000; i++) {
                key.putLong(0, i % keys);
                value.putLong(0, i);
                assertEquals(Status.OK, client.put(key, 0, 8, value, 0, 900, 0));
            }
            key.putLong(0, 7);
            assertEquals(Status.OK, client.remove(key, 0, 8));
            final FeedCopy copy = new FeedCopy(reader, () -> feed);
            while (!copy.isUpToDate()) {
                feed.poll(copy);
            }
            assertEquals(List.of(), copy.wrong());
            assertTrue(copy.gaps() > 0);
            assertTrue(copy.changes() < 8_000, "changes " + copy.changes());
            // each shard's versions are dense here: what was not told is in a gap
            assertTrue(copy.changes() + copy.missed() >= 8_001, "missed " + copy.missed());
            assertTrue(copy.caughtUp() > 0);
            assertEquals(keys - 1, copy.content().size());
            assertEquals(FeedCopy.contentOf(reader), copy.content());
            assertNull(fixture.error.get());
        }
    }

    @Test
    void shouldTellWhatWasMissedWhileTheNodeWasGone() throws IOException {
        final Recorder recorder = new Recorder();
        final ServerFixture first = new ServerFixture(dir, 200);
        final String endpoint = first.server.endpoint();
        try (ChangeFeed feed = subscribe(first, true, "", recorder)) {
            try (StoreClient client = first.connect(false)) {
                assertEquals(Status.OK, put(client, "k", "1"));
            }
            while (recorder.changes < 1) {
                feed.poll(recorder);
            }
            first.close();
            try (ServerFixture second =
                            new ServerFixture(dir, 200, context -> context.endpoint(endpoint));
                    StoreClient client = second.connect(false)) {
                assertEquals(Status.OK, put(client, "k", "2"));
                assertEquals(Status.OK, put(client, "k", "3"));
                while (recorder.gaps.isEmpty() && recorder.changes < 3) {
                    feed.poll(recorder);
                }
                assertEquals(1, recorder.gaps.size(), recorder.lines.toString());
                assertEquals(1, recorder.gaps.get(0)[1]);
                assertEquals(3, recorder.gaps.get(0)[2]);
                assertEquals(Status.OK, put(client, "k", "4"));
                while (recorder.changes < 2) {
                    feed.poll(recorder);
                }
                assertEquals("put k 4", recorder.lines.get(1));
            }
        }
    }

    /** One shard, so that versions are known; a clock that the test sets. */
    private ServerFixture evicting(final AtomicLong nowMs) throws IOException {
        return new ServerFixture(
                new StoreContext()
                        .dataDir(dir)
                        .shardCount(1)
                        .entries(100)
                        .maxValueLength(100)
                        .eviction(Eviction.OLDEST_WRITE)
                        .epochClock(nowMs::get),
                context -> context);
    }

    @Test
    void shouldTellOfEntriesThatExpiredInOrderWithTheirVersions() throws IOException {
        final AtomicLong nowMs = new AtomicLong(1_000);
        final Recorder recorder = new Recorder();
        try (ServerFixture fixture = evicting(nowMs);
                StoreClient client = fixture.connect(false);
                ChangeFeed feed = subscribe(fixture, false, "k", recorder)) {
            final UnsafeBuffer key = ServerFixture.bytes("k1");
            assertEquals(Status.OK, client.put(key, 0, 2, key, 0, 2, 500));
            assertEquals(Status.OK, client.touch(key, 0, 2, 1_000));
            assertEquals(Status.OK, put(client, "other", "1"));
            assertEquals(Status.OK, put(client, "k2", "stays"));
            nowMs.set(3_000);
            while (recorder.changes < 4) {
                feed.poll(recorder);
            }
            assertEquals(Status.OK, put(client, "k1", "again"));
            while (recorder.changes < 5) {
                feed.poll(recorder);
            }
            assertEquals(
                    List.of("put k1 k1", "touch k1", "put k2 stays", "expire k1 2", "put k1 again"),
                    recorder.lines);
            assertEquals(0, recorder.outOfOrder);
            assertEquals(5, recorder.last.get(0));
            assertNull(fixture.error.get());
        }
    }

    @Test
    void shouldTellOfEvictionBeforeTheChangeThatNeededTheRoom() throws IOException {
        final AtomicLong nowMs = new AtomicLong(1_000);
        final Recorder recorder = new Recorder();
        try (ServerFixture fixture = evicting(nowMs);
                StoreClient client = fixture.connect(false)) {
            int last = 0;
            for (; fixture.store.size() == last; last++) {
                assertEquals(Status.OK, put(client, "k" + last, "v"));
            }
            try (ChangeFeed feed = subscribe(fixture, false, "", recorder)) {
                final int evicted = last;
                assertEquals(Status.OK, put(client, "new", "v"));
                while (recorder.changes < 2) {
                    feed.poll(recorder);
                }
                assertEquals(
                        List.of("evict k1 2", "put new v"),
                        recorder.lines,
                        "after " + evicted + " puts");
                assertEquals(0, recorder.outOfOrder);
            }
            assertNull(fixture.error.get());
        }
    }

    @Test
    void shouldTellOfAGapWhenSomethingMayHaveExpiredWhileTheNodeWasGone() throws IOException {
        final Recorder recorder = new Recorder();
        final ServerFixture first = new ServerFixture(dir, 200);
        final String endpoint = first.server.endpoint();
        try (ChangeFeed feed = subscribe(first, true, "", recorder)) {
            try (StoreClient client = first.connect(false)) {
                assertEquals(Status.OK, put(client, "k", "1"));
            }
            while (recorder.changes < 1) {
                feed.poll(recorder);
            }
            first.close();
            try (ServerFixture second =
                    new ServerFixture(dir, 200, context -> context.endpoint(endpoint))) {
                while (recorder.gaps.isEmpty()) {
                    feed.poll(recorder);
                }
                assertEquals(1, recorder.gaps.size());
                assertEquals(0, recorder.gaps.get(0)[1]);
                assertEquals(1, recorder.gaps.get(0)[2]);
                assertNull(second.error.get());
            }
        }
    }

    @Test
    void shouldTellSeveralSubscribersApart() throws IOException {
        final Recorder all = new Recorder();
        final Recorder some = new Recorder();
        try (ServerFixture fixture = new ServerFixture(dir, 200);
                StoreClient client = fixture.connect(false);
                ChangeFeed feedOfAll = subscribe(fixture, false, "", all);
                ChangeFeed feedOfSome = subscribe(fixture, false, "x", some)) {
            for (int i = 0; i < 300; i++) {
                assertEquals(Status.OK, put(client, (i % 3 == 0 ? "x" : "y") + i, "v"));
            }
            while (all.changes < 300 || some.changes < 100) {
                feedOfAll.poll(all);
                feedOfSome.poll(some);
            }
            assertEquals(300, all.changes);
            assertEquals(100, some.changes);
            assertEquals(0, all.outOfOrder + some.outOfOrder);
            assertEquals(0, all.gaps.size() + some.gaps.size());
        }
    }
}
