package io.stoat.replication;

import static io.stoat.replication.TestCluster.get;
import static io.stoat.replication.TestCluster.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aeron.archive.client.AeronArchive;
import io.aeron.archive.client.ArchiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who brings the shared token gets in, and nobody else. */
class ClusterTokenTest {
    @TempDir Path dir;

    static String tokenSetting(final Path file, final String token) throws IOException {
        Files.createFile(
                file,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, token);
        return "token-file=" + file;
    }

    @Test
    void shouldAdmitWhoBringsTheTokenAndRefuseTheOthers() throws IOException {
        final String right = tokenSetting(dir.resolve("right"), "0123456789abcdef");
        final String wrong = tokenSetting(dir.resolve("wrong"), "0123456789abcdeg");
        try (TestCluster cluster = new TestCluster(dir, 1, right).startAll()) {
            cluster.awaitLeader();
            try (ReplicatedClient client = cluster.client()) {
                put(client, "key", "value");
                assertEquals("value", get(client, "key"));
            }
            final String port = "port=" + portOf(cluster);
            refuses(TestCluster.config(dir, 1, wrong, port));
            refuses(TestCluster.config(dir, 1, port));
            refusesAtTheArchive(cluster);
        }
    }

    private static String portOf(final TestCluster cluster) {
        final String endpoint = cluster.config().ingressEndpoint(0, 0);
        return endpoint.substring(endpoint.indexOf(':') + 1);
    }

    private static void refuses(final ClusterConfig config) {
        try (ReplicatedClient client =
                ReplicatedClient.connect(new ReplicatedClientContext().config(config))) {
            final ReplicationException refusal =
                    assertThrows(ReplicationException.class, () -> get(client, "key"));
            assertTrue(refusal.getMessage().contains("token"), refusal.getMessage());
        }
    }

    private static void refusesAtTheArchive(final TestCluster cluster) {
        final AeronArchive.Context context =
                new AeronArchive.Context()
                        .aeronDirectoryName(cluster.member(0).aeronDirectory().toString())
                        .controlRequestChannel("aeron:ipc?term-length=64k")
                        .controlResponseChannel("aeron:ipc?term-length=64k")
                        .controlRequestStreamId(MemberContext.ARCHIVE_STREAM_ID)
                        .controlResponseStreamId(MemberContext.ARCHIVE_STREAM_ID + 1);
        final ArchiveException refusal =
                assertThrows(
                        ArchiveException.class, () -> AeronArchive.connect(context).close());
        assertEquals(ArchiveException.AUTHENTICATION_REJECTED, refusal.errorCode());
    }

    @Test
    void shouldRequireATokenBeyondLoopback() {
        final ClusterConfig config = TestCluster.config(dir, 1, "hosts=192.0.2.1");
        final ReplicationException refusal =
                assertThrows(
                        ReplicationException.class,
                        () -> new MemberContext().config(config).member(0).conclude());
        assertTrue(refusal.getMessage().contains("192.0.2.1"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("token-file"), refusal.getMessage());
        assertThrows(
                ReplicationException.class,
                () -> new ReplicatedClientContext().config(config).conclude());
    }

    @Test
    void shouldRefuseATokenFileThatOthersCanRead() throws IOException {
        final Path file = dir.resolve("open");
        tokenSetting(file, "0123456789abcdef");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        final Properties settings = new Properties();
        settings.setProperty("dir", dir.toString());
        settings.setProperty("token-file", file.toString());
        final ReplicationException refusal =
                assertThrows(
                        ReplicationException.class,
                        () ->
                                new MemberContext()
                                        .config(ClusterConfig.of(settings))
                                        .member(0)
                                        .conclude());
        assertTrue(refusal.getMessage().contains("chmod 600"), refusal.getMessage());
    }
}
