package io.stoat.ops;

import io.stoat.store.PutMode;
import java.util.concurrent.Callable;
import org.agrona.concurrent.UnsafeBuffer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stoat remove}: over IPC, or over UDP when an endpoint is given. */
@Command(
        name = "remove",
        description = "Remove a key through a node, over IPC or UDP; prints the version removed.",
        footer = {"", "Example:", "  stoat remove AMZN --if-version 17"})
final class RemoveCommand implements Callable<Integer> {
    @Parameters(paramLabel = "KEY", description = "Key, UTF-8, 1 to 1024 bytes.")
    private String key;

    @Mixin private StoreOptions options;

    @Option(
            names = "--if-version",
            paramLabel = "V",
            description = "Remove only if the entry has this version.")
    private Long ifVersion;

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
        final UnsafeBuffer keyBuffer = StoreOptions.keyOf(key);
        try (CommandTarget client = options.connect()) {
            final int status =
                    ifVersion == null
                            ? client.remove(PutMode.ALWAYS, keyBuffer, 0)
                            : client.remove(PutMode.IF_VERSION, keyBuffer, ifVersion);
            final CommandFailure failure = client.failure(status, key);
            if (failure != null) {
                throw failure;
            }
            spec.commandLine().getOut().println("removed version " + client.version());
            return ExitCode.OK;
        }
    }
}
