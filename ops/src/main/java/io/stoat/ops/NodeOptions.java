package io.stoat.ops;

import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** Gives {@code stoat node} an option for each {@link NodeSetting}. */
final class NodeOptions implements IModelTransformer {
    @Override
    public CommandSpec transform(final CommandSpec spec) {
        for (final NodeSetting setting : NodeSetting.values()) {
            final String text = setting.description().replace("%", "%%");
            final OptionSpec.Builder option =
                    OptionSpec.builder(setting.option()).order(setting.ordinal());
            if (setting.isSwitch()) {
                option.type(Boolean.class).arity("0").description(text);
            } else {
                option.type(String.class)
                        .paramLabel(setting.label())
                        .description(text + " Default: " + setting.defaultValue() + ".");
            }
            spec.addOption(option.build());
        }
        return spec;
    }

    /** Hands the options that were given to the configuration. */
    static void take(final ParseResult parsed, final NodeConfig config) {
        for (final NodeSetting setting : NodeSetting.values()) {
            config.option(setting, parsed.matchedOptionValue(setting.option(), (Object) null));
        }
    }
}
