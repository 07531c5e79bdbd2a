package io.stoat.replication;

import static io.stoat.replication.TestCluster.put;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.AgentTerminationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Settings from which members' contents follow, and that are not the same on all of them. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class MemberSettingsTest {
    @TempDir Path dir;

    @Test
    void shouldStopAMemberWhoseSettingsAreNotTheLeaders() {
        final Properties properties = TestCluster.settings(dir, 3);
        try (TestCluster cluster = new TestCluster(ClusterConfig.of(properties))) {
            cluster.start(0);
            cluster.start(1);
            final int leader = cluster.awaitLeader();
            try (ReplicatedClient client = cluster.client()) {
                put(client, "key", "value");
                properties.setProperty("eviction", "oldest-write");
                properties.setProperty("entries", "5000");
                final ClusterConfig other = ClusterConfig.of(properties);
                isRefusedAtItsStart(other);
                isRefusedAtATermsBeginning(other, leader);
                // what the refused one has left is no obstacle for one with the right settings
                cluster.start(2);
                cluster.awaitApplied(2, client.position());
                DeterminismTest.assertSameContent(cluster, client);
            }
        }
    }

    private static void isRefusedAtItsStart(final ClusterConfig other) {
        final ReplicationException refusal =
                assertThrows(
                        ReplicationException.class,
                        () -> ReplicatedMember.launch(new MemberContext().config(other).member(2)));
        assertNames(refusal.getMessage(), " in member 0, which runs");
        assertFalse(java.nio.file.Files.exists(other.dataDir(2)));
    }

    /** As when both began at once, so that there was nobody to compare with. */
    private void isRefusedAtATermsBeginning(final ClusterConfig other, final int leader) {
        final int follower = 1 - leader;
        final StringBuilder said = new StringBuilder();
        final MemberContext context =
                new MemberContext().config(other).member(follower).errorHandler(said::append);
        final Properties apart = new Properties();
        apart.setProperty("dir", dir.resolve("apart").toString());
        try (MemberStore store = MemberStore.open(ClusterConfig.of(apart), 0)) {
            final ReplicatedStoreService service =
                    new ReplicatedStoreService(context, store, null, null, null, null, null);
            final int leaders = TestCluster.config(dir, 3).content().fingerprint();
            assertThrows(
                    AgentTerminationException.class,
                    () ->
                            service.onNewLeadershipTermEvent(
                                    0, 0, 0, 0, leader, 0, TimeUnit.MILLISECONDS, leaders));
        }
        assertNames(said.toString(), " in member " + leader + ", the leader");
        final SettingsGate gate = new SettingsGate(context);
        // of an earlier version, and of itself
        assertNull(gate.refusal(leader, ContentSettings.NO_FINGERPRINT));
        assertNull(gate.refusal(follower, 77));
    }

    private static void assertNames(final String message, final String where) {
        assertTrue(message.contains("entries=5000 here, but entries=4000" + where), message);
        assertTrue(
                message.contains("eviction=oldest-write here, but eviction=reject" + where),
                message);
        assertTrue(message.contains("same cluster configuration"), message);
        assertFalse(message.contains("value-size"), message);
    }

    @Test
    void shouldKeepSettingsThroughTextAndTellThemApart() {
        final ContentSettings settings = TestCluster.config(dir, 1).content();
        final ContentSettings again = ContentSettings.parse(settings.text());
        assertEquals(settings.text(), again.text());
        assertEquals(settings.fingerprint(), again.fingerprint());
        assertFalse(settings.differsFrom(again));
        // those of a version that has another setting, too
        assertFalse(settings.differsFrom(ContentSettings.parse(settings.text() + ",new:1")));
        for (final String setting :
                new String[] {
                    "shards=3",
                    "entries=4001",
                    "value-size=65",
                    "eviction=soonest-expiry",
                    "high-water-percent=90",
                    "tick-ms=200",
                    "groups=2"
                }) {
            final ContentSettings other = TestCluster.config(dir, 1, setting).content();
            assertNotEquals(settings.fingerprint(), other.fingerprint(), setting);
            assertTrue(settings.difference(other, "").endsWith(setting), setting);
            assertTrue(other.fingerprint() > 1 && other.fingerprint() < 1 << 16, setting);
        }
    }
}
