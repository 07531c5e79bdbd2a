package io.stoat.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeConfigTest {
    @TempDir Path dir;

    private Path file(final String text) throws IOException {
        return Files.writeString(dir.resolve("node.properties"), text);
    }

    @Test
    void shouldPreferFlagsToTheFile() throws IOException {
        final NodeConfig config =
                new NodeConfig()
                        .file(file("entries=500\nshards=2\n"))
                        .flag("shards", "3")
                        .flag("endpoint", null);
        assertEquals(3, config.storeContext().shardCount());
        assertEquals(500, config.storeContext().entries());
        assertEquals(NodeConfig.DEFAULT_ENDPOINT, config.endpoint());
    }

    @Test
    void shouldRefuseUnknownSettingAndNameTheNearest() throws IOException {
        final Path file = file("entires=500\n");
        final CommandFailure failure =
                assertThrows(CommandFailure.class, () -> new NodeConfig().file(file));
        assertEquals(ExitCode.USAGE, failure.exitCode());
        assertTrue(failure.getMessage().contains("'entires'"), failure.getMessage());
        assertTrue(failure.getMessage().contains("'entries'"), failure.getMessage());
    }

    @Test
    void shouldRefuseWhatIsNoNumberAndNameItsOrigin() throws IOException {
        final NodeConfig config = new NodeConfig().file(file("entries=many\n"));
        final CommandFailure failure = assertThrows(CommandFailure.class, config::storeContext);
        assertTrue(failure.getMessage().contains("entries=many"), failure.getMessage());
        assertThrows(
                CommandFailure.class, () -> new NodeConfig().flag("shards", "0").storeContext());
    }

    @Test
    void shouldRefuseMissingFile() {
        assertThrows(CommandFailure.class, () -> new NodeConfig().file(dir.resolve("none")));
    }
}
