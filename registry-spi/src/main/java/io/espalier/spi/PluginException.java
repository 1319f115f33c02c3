package io.espalier.spi;

import java.util.function.Supplier;

/**
 * A plugin failed: it threw something, or does not fit this version of the SPI. The message names
 * its class, its JAR and what it failed on.
 */
public final class PluginException extends EspalierException {
  private static final long serialVersionUID = 1L;

  private PluginException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * A failure of a plugin.
   *
   * @param plugin the rule, module or criterion that failed
   * @param on what it failed on, such as {@code layer fc1}
   * @param cause what it threw
   */
  public static PluginException of(Object plugin, String on, Throwable cause) {
    return new PluginException(
        Origin.describe(plugin) + " failed on " + on + ": " + reason(plugin.getClass(), cause),
        cause);
  }

  /**
   * Asks a plugin something.
   *
   * @param plugin the rule, module or criterion that is asked
   * @param on what it is asked about, such as {@code layer fc1}; computed only if it fails
   * @param question calls the plugin
   * @return the plugin's answer
   * @throws PluginException if the plugin throws anything; only where the JVM itself is in trouble,
   *     its error is passed on
   */
  public static <T> T ask(Object plugin, Supplier<String> on, Supplier<T> question) {
    try {
      return question.get();
    } catch (PluginException e) {
      throw e;
    } catch (StackOverflowError e) {
      throw of(plugin, on.get(), e);
    } catch (VirtualMachineError e) {
      throw e;
    } catch (Throwable e) {
      throw of(plugin, on.get(), e);
    }
  }

  /** What was thrown, in words; where classes do not fit together, which too. */
  static String reason(Class<?> plugin, Throwable cause) {
    if (cause instanceof EspalierException && cause.getMessage() != null) {
      return cause.getMessage(); // a sentence by itself
    }
    String thrown =
        cause.getClass().getSimpleName()
            + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
    if (!(cause instanceof LinkageError) || cause instanceof ExceptionInInitializerError) {
      return thrown;
    }
    return Origin.isOurs(thrown)
        ? Origin.misfit(plugin) + ": " + thrown
        : Origin.missing(cause) + ": " + thrown;
  }
}
