package io.stoat.ops;

import java.util.concurrent.Callable;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stoat touch}: over IPC, or over UDP when an endpoint is given. */
@Command(
        name = "touch",
        description = "Give an entry a new time to live; its value stays.",
        footer = {"", "Example:", "  stoat touch HALT --ttl 30s"})
final class TouchCommand implements Callable<Integer> {
    @Parameters(paramLabel = "KEY", description = "Key, UTF-8, 1 to 1024 bytes.")
    private String key;

    @Option(
            names = "--ttl",
            paramLabel = "TIME",
            description = "Time to live, such as 500ms, 5s, 2h (default: for ever).")
    private Ttl ttl;

    @Mixin private StoreOptions options;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        final UnsafeBuffer keyBuffer = StoreOptions.keyOf(key);
        try (CommandTarget client = options.connect()) {
            final int status = client.touch(keyBuffer, ttl == null ? 0 : ttl.ms());
            final CommandFailure failure = client.failure(status, key);
            if (failure != null) {
                throw failure;
            }
            spec.commandLine().getOut().println("version " + client.version());
            return ExitCode.OK;
        }
    }
}
