package io.stoat.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who asks members says where they reach him. */
class OwnAddressTest {
    @TempDir Path dir;

    private ClusterConfig config(final String hosts) throws Exception {
        return TestCluster.config(
                dir,
                1,
                "hosts=" + hosts,
                ClusterTokenTest.tokenSetting(
                        dir.resolve("token-" + hosts.hashCode()), "a token of the members"));
    }

    @Test
    void shouldBeTheAddressTowardsTheFirstMemberThatHasARoute() throws Exception {
        assertEquals("127.0.0.1", OwnAddress.towards(config("127.0.0.1")));
        assertEquals("127.0.0.1", OwnAddress.towards(config("nowhere.invalid,127.0.0.1")));
        final String message =
                assertThrows(
                                ReplicationException.class,
                                () -> OwnAddress.towards(config("nowhere.invalid")))
                        .getMessage();
        assertTrue(message.contains("hosts=[nowhere.invalid]"), message);
    }

    @Test
    void shouldBeWhatAClientTellsUnlessItIsSet() throws Exception {
        final Optional<InetAddress> own =
                NetworkInterface.networkInterfaces()
                        .flatMap(NetworkInterface::inetAddresses)
                        .filter(address -> address instanceof Inet4Address)
                        .filter(address -> !address.isLoopbackAddress())
                        .findFirst();
        assumeTrue(own.isPresent(), "this host has the loopback address only");
        final ClusterConfig config = config(own.orElseThrow().getHostAddress());
        assertEquals(
                config.host(0),
                new ReplicatedClientContext().config(config).conclude().egressHost());
        assertEquals(
                "127.0.0.1",
                new ReplicatedClientContext()
                        .config(config)
                        .egressHost("127.0.0.1")
                        .conclude()
                        .egressHost());
    }

    @Test
    void shouldLeaveNothingOfABackupThatFails() throws Exception {
        final ClusterConfig config = TestCluster.config(dir, 3);
        final Path backup = dir.resolve("backup");
        final String message =
                assertThrows(
                                ReplicationException.class,
                                () -> MemberBackup.fetch(config, 0, backup))
                        .getMessage();
        assertTrue(message.contains("answers this host, 127.0.0.1"), message);
        assertFalse(Files.exists(backup));
    }
}
