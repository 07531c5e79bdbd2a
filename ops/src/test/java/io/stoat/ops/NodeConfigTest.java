package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.stoat.store.StoreContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeConfigTest {
    @TempDir Path dir;

    private final StoatWords stoat = new StoatWords();

    private Path file(final String text) throws IOException {
        return Files.writeString(dir.resolve("node.properties"), text);
    }

    private static Path sample() {
        return Path.of(System.getProperty("stoat.jvm.options"))
                .resolveSibling("stoat.properties.sample");
    }

    @Test
    void shouldPreferOptionsToTheFile() throws IOException {
        final NodeConfig config =
                new NodeConfig()
                        .file(file("entries=500\nshards = 2\nforce=true\n"))
                        .option(NodeSetting.SHARDS, "3")
                        .option(NodeSetting.ENDPOINT, null)
                        .conclude();
        assertEquals(3, config.storeContext().shardCount());
        assertEquals(500, config.storeContext().entries());
        assertEquals("127.0.0.1:7480", config.endpoint());
        assertTrue(config.isForced());
    }

    @Test
    void shouldServeWithoutUdpWhenToldTo() {
        assertNull(new NodeConfig().option(NodeSetting.ENDPOINT, "off").endpoint());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "entires=500|unknown setting 'entires'; did you mean 'entries'?",
                "read-agent=1|did you mean 'read-agents'?",
                "treads=auto|did you mean 'threads'?",
                "shards=2;shards=3|'shards' is given twice; give it once",
                "shards=|has no value: give one, or leave it out for the default 4",
                "entries=many|entries=many: must be a whole number from 1 to 1099511627776",
                "shards=0|shards=0: must be a whole number from 1 to 1000",
                "value-size=99999999|must be a whole number from 1 to 16777216",
                "sessions=0|must be a whole number from 1 to 65536",
                "write-agents=101|write-agents=101: must be a whole number from 1 to 100",
                "force=yes|force=yes: must be true or false",
                "slow-cycle-us=-1|must be a whole number",
                "data-dir=a\\u0000b|data-dir=",
                "shards=\\u00zz|cannot be read",
            })
    void shouldNameWhatIsWrongInAFile(final String lines, final String words) throws IOException {
        final Path file = file(lines.replace(';', '\n'));
        stoat.expect(ExitCode.USAGE, words, "node", "--config", file);
        assertTrue(stoat.output().contains(file.toString()), stoat.output());
    }

    @Test
    void shouldNameTheOptionThatIsWrong() {
        stoat.expect(ExitCode.USAGE, "--shards=none: must be", "node", "--shards", "none");
        stoat.expect(ExitCode.USAGE, "Possible solutions: --shards", "node", "--shard", "1");
        stoat.expect(ExitCode.USAGE, "does not exist", "node", "--config", dir.resolve("none"));
        stoat.expect(ExitCode.USAGE, "cannot be read", "node", "--config", dir);
    }

    @Test
    void shouldPrintSettingsThatItReadsBackTheSame() throws IOException {
        stoat.expect(
                ExitCode.OK,
                "# set by --entries\nentries=77\n",
                "node",
                "--print-config",
                "--entries",
                77,
                "--threads",
                "read-0=1,write-0=2",
                "--data-dir",
                "odd \\ name");
        final NodeConfig again = new NodeConfig().file(file(stoat.output())).conclude();
        assertEquals(77, again.storeContext().entries());
        assertEquals(StoreContext.DEFAULT_SHARD_COUNT, again.storeContext().shardCount());
        assertEquals("read-0=1,write-0=2", again.threads());
        assertEquals(Path.of("odd \\ name"), again.dataDir());
        assertEquals(OptionalInt.empty(), again.agents(NodeSetting.READ_AGENTS));
    }

    @Test
    void shouldShipASampleOfEverySettingAndItsDefault() throws IOException {
        final String text = Files.readString(sample());
        assertEquals(new NodeConfig().describe(), text, "stoat node --print-config writes it anew");
        // every default is a value that the node takes
        final NodeConfig config = new NodeConfig().file(file(text.replaceAll("(?m)^#(\\S)", "$1")));
        config.conclude();
        for (final NodeSetting setting : NodeSetting.values()) {
            assertTrue(
                    config.named(setting)
                            .endsWith(": " + setting.key() + "=" + setting.defaultValue()),
                    config.named(setting));
        }
    }
}
