package io.espalier.cli;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** Shows a person who waits which step a command has come to. */
final class Progress implements AutoCloseable {
  private static final long MEGA = 1_000_000;

  private final @Nullable ProgressBar bar;
  private String step = "";
  private int begun;

  private Progress(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  /** Progress through a number of steps; silent where nobody watches. */
  static Progress of(Terminal terminal, boolean quiet, int steps) {
    if (quiet || !terminal.interactive()) {
      return new Progress(null);
    }
    return new Progress(
        new ProgressBarBuilder()
            .setTaskName("espalier")
            .setInitialMax(steps)
            .setStyle(ProgressBarStyle.ASCII)
            .setConsumer(new ConsoleProgressBarConsumer(terminal.err()))
            .clearDisplayOnFinish()
            .hideEta()
            .build());
  }

  /** Begins a step. */
  void step(String what) {
    step = what;
    if (bar != null) {
      bar.stepTo(begun);
      bar.setExtraMessage(what);
      bar.refresh();
    }
    begun++;
  }

  /** Says more of the step that has begun. */
  void detail(String more) {
    if (bar != null) {
      bar.setExtraMessage(step + ": " + more);
      bar.refresh();
    }
  }

  /** Says how far the writing of a file has come; may be called from any thread. */
  void written(long bytes, long all) {
    if (bar != null) {
      bar.setExtraMessage(step + " " + bytes / MEGA + " of " + all / MEGA + " MB");
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
