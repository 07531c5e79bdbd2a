package io.stoat.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the JVM itself says about the files that a member forces to the disk. */
class FileSyncTest {
    private static final int WRITES = 50;

    @TempDir Path dir;

    @Test
    void shouldForceTheLogForEveryAcknowledgedWriteWhenItIsTold() throws IOException {
        final List<RecordedEvent> forces = forcesOfTheLog(2);
        assertTrue(forces.size() >= WRITES, forces.size() + " forces for " + WRITES + " writes");
        assertTrue(forces.stream().allMatch(force -> force.getBoolean("metaData")));
        final List<RecordedEvent> ofDataAlone = forcesOfTheLog(1);
        assertTrue(ofDataAlone.size() >= WRITES, ofDataAlone.size() + " forces");
        assertTrue(ofDataAlone.stream().noneMatch(force -> force.getBoolean("metaData")));
    }

    @Test
    void shouldLeaveTheLogToThePageCacheOtherwise() throws IOException {
        assertEquals(0, forcesOfTheLog(0).size());
    }

    /** One write after the other: each has to be in the log before it is acknowledged. */
    private List<RecordedEvent> forcesOfTheLog(final int level) throws IOException {
        final Path members = dir.resolve("level-" + level);
        final Path events = dir.resolve("level-" + level + ".jfr");
        try (TestCluster cluster =
                        new TestCluster(members, 1, "file-sync-level=" + level).startAll();
                ReplicatedClient client = cluster.client();
                Recording recording = new Recording()) {
            cluster.awaitLeader();
            TestCluster.put(client, "first", "value");
            recording.enable("jdk.FileForce").withoutThreshold();
            recording.start();
            for (int i = 0; i < WRITES; i++) {
                TestCluster.put(client, "key-" + i, "value");
            }
            recording.stop();
            recording.dump(events);
        }
        final List<RecordedEvent> forces =
                RecordingFile.readAllEvents(events).stream()
                        .filter(event -> event.getEventType().getName().equals("jdk.FileForce"))
                        .filter(event -> isOfLog(members, event.getString("path")))
                        .toList();
        Files.delete(events);
        return forces;
    }

    private static boolean isOfLog(final Path members, final String path) {
        return path != null
                && Path.of(path).startsWith(members.resolve("g0-m0/log"))
                && path.endsWith(".rec");
    }
}
