package io.stoat.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.stoat.store.Status;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class NodeCountersTest {
    @TempDir Path dir;

    @Test
    void shouldReadFromOutsideWhatTheNodeCounts() throws IOException {
        assertEquals(Optional.empty(), NodeCounters.read(dir));
        final UnsafeBuffer key = ServerFixture.bytes("k");
        try (ServerFixture fixture = new ServerFixture(dir, 100);
                StoreClient client = fixture.connect(false);
                Aeron aeron =
                        Aeron.connect(
                                new Aeron.Context()
                                        .aeronDirectoryName(
                                                fixture.server.aeronDirectory().toString()));
                ExclusivePublication publication =
                        aeron.addExclusivePublication(
                                "aeron:ipc", ServerContext.DEFAULT_REQUEST_STREAM_ID)) {
            assertEquals(Status.OK, client.put(key, 0, 1, key, 0, 1, 0));
            assertEquals(1, client.get(key, 0, 1, key, 0, 1));
            while (publication.offer(key, 0, 1) < 0) {
                Thread.yield();
            }
            while (fixture.server.counters().malformed() == 0) {
                Thread.yield();
            }
            final ServerCounters counters = fixture.server.counters();
            assertEquals(
                    new NodeCounters(
                            2,
                            1,
                            counters.sessions(),
                            0,
                            counters.endedSessions(),
                            counters.droppedResponses(),
                            counters.backPressured()),
                    NodeCounters.read(dir).orElseThrow());
            assertEquals(2, counters.sessions());
        }
        assertEquals(Optional.empty(), NodeCounters.read(dir));
    }
}
