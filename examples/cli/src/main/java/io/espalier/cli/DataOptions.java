package io.espalier.cli;

import io.espalier.core.data.DataOption;
import io.espalier.core.data.DataRequest;
import io.espalier.core.data.DataSources;
import io.espalier.core.data.InputSpec;
import io.espalier.core.data.SampleDraw;
import io.espalier.core.data.Samples;
import io.espalier.spi.EspalierException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The options of every command that reads data. Those that the sources of data declare are added
 * before the command line is parsed.
 */
final class DataOptions {
  private static final String WHOLE = ":";
  private static final Pattern RANGE = Pattern.compile("(-?[0-9]{1,9})?:(-?[0-9]{1,9})?");

  @Option(
      names = "--data",
      paramLabel = "PATH",
      description =
          "Unlabelled inputs: .npy, .npz, IDX or .gz of it, .jsonl, a folder of images, what a"
              + " plugin reads, or the word random.")
  private @Nullable String location;

  @Option(
      names = "--samples",
      paramLabel = "N",
      description = "How many samples of the data to draw.")
  private @Nullable Integer samples;

  @Option(
      names = "--range",
      paramLabel = "FROM:TO",
      description =
          "The samples to draw from, as in :8000, 8000:10000 or -2000: (default: all of them).")
  private String range = WHOLE;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "What samples and random data are drawn from (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  /** What was said of the data, by the names of the sources' options. */
  private final Map<String, String> said = new LinkedHashMap<>();

  /** Whether there are data. */
  boolean given() {
    return location != null;
  }

  /**
   * Checks that nothing is said of data where there are none.
   *
   * @throws ParameterException if something is
   */
  void requireNothingSaid() {
    if (samples != null || !range.equals(WHOLE) || !said.isEmpty()) {
      location();
    }
  }

  /** What draws are made from. */
  long seed() {
    return seed;
  }

  /**
   * Adds what sources may be told to the options of a command.
   *
   * @throws EspalierException if the command has such an option already
   */
  void add(List<DataOption> options, CommandSpec spec) {
    for (DataOption option : options) {
      String name = "--" + option.name();
      if (spec.findOption(name) != null) {
        throw new EspalierException(
            "a source of data declares the option "
                + name
                + ", which the command "
                + spec.name()
                + " has already; take its JAR away");
      }
      spec.addOption(
          OptionSpec.builder(name)
              .type(String.class)
              .paramLabel(option.label())
              .description(option.description())
              .setter(setter(option.name()))
              .build());
    }
  }

  private ISetter setter(String option) {
    return new ISetter() {
      @Override
      public <T> @Nullable T set(T value) {
        @Nullable String before =
            value == null ? said.remove(option) : said.put(option, value.toString());
        @SuppressWarnings("unchecked") // options of sources are text
        @Nullable T previous = (T) before;
        return previous;
      }
    };
  }

  /**
   * Opens the data.
   *
   * @param inputs what the model reads
   * @param usual how many random samples are made up if no number was given
   * @throws EspalierException and others of its kind if they cannot be used
   */
  Samples open(List<InputSpec> inputs, int usual, ClassLoader loader) {
    int wanted = samples == null ? usual : samples;
    return DataSources.discover(loader)
        .open(new DataRequest(location(), inputs, said, wanted, seed));
  }

  private String location() {
    if (location == null) {
      if (command == null) {
        throw new IllegalStateException("the options of no command were asked");
      }
      throw new ParameterException(command.commandLine(), "Missing required option: '--data=PATH'");
    }
    return location;
  }

  /**
   * The samples to use: of the range, all or so many as were asked for.
   *
   * @throws EspalierException if there are fewer
   */
  int[] chosen(Samples data) {
    int[] pool = pool(data.count());
    return samples == null ? pool : SampleDraw.draw(pool, samples, seed);
  }

  /**
   * The samples to use: of the range, so many as were asked for; if nothing was, so many as usual,
   * or all where there are fewer.
   *
   * @throws EspalierException if there are fewer than were asked for
   */
  int[] chosen(Samples data, int usual) {
    int[] pool = pool(data.count());
    int wanted = samples == null ? Math.min(usual, pool.length) : samples;
    return SampleDraw.draw(pool, wanted, seed);
  }

  private int[] pool(int count) {
    Matcher matcher = RANGE.matcher(range);
    if (!matcher.matches()) {
      throw new EspalierException(
          "--range is \"" + range + "\", and must be two positions as in :8000 or 8000:10000");
    }
    int from = position(matcher.group(1), 0, count);
    int to = position(matcher.group(2), count, count);
    if (from >= to) {
      throw new EspalierException(
          "--range " + range + " leaves none of the " + count + " samples of " + location());
    }
    int[] all = SampleDraw.all(count);
    return Arrays.copyOfRange(all, from, to);
  }

  /** A position, counted from the end if it is negative, and no farther than the data go. */
  private static int position(@Nullable String text, int otherwise, int count) {
    int position = text == null ? otherwise : Integer.parseInt(text);
    return Math.max(0, Math.min(count, position < 0 ? count + position : position));
  }
}
