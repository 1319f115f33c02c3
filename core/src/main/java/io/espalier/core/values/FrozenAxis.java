package io.espalier.core.values;

/**
 * A width that may not change.
 *
 * @param layer the layer that has it
 * @param axis what the layer calls it, such as {@code out_channels}; {@code *} for all of a layer
 *     that a plugin threw on, or of a node that holds weights of which no width tells
 * @param node the node, input or output that stopped it; the layer where the rules did
 * @param op the operator there; empty for an input or output of the network, and for rules
 * @param reason what stopped it; behind a semicolon, where there is more to say than {@link
 *     #remedy} says of every node, what one could do about it; cut where it is long
 */
public record FrozenAxis(String layer, String axis, String node, String op, String reason) {
  private static final int LONGEST_CAUSE = 300;
  private static final int LONGEST_REMEDY = 200;
  private static final String ADVICE = "; ";

  /** How reasons start that name an input or output of the network. */
  private static final String INTERFACE = "graph ";

  /** What the message of a plugin that threw says. */
  private static final String PLUGIN_FAILED = " failed on ";

  public FrozenAxis {
    int advice = reason.indexOf(ADVICE);
    String why = shortened(advice < 0 ? reason : reason.substring(0, advice), LONGEST_CAUSE);
    reason = advice < 0 ? why : why + shortened(reason.substring(advice), LONGEST_REMEDY);
  }

  private static String shortened(String text, int most) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() <= most ? line : line.substring(0, most - 3) + "...";
  }

  /** What stopped it, without what one could do. */
  public String cause() {
    int advice = reason.indexOf(ADVICE);
    return advice < 0 ? reason : reason.substring(0, advice);
  }

  /** What one could do about it. */
  public String remedy() {
    int advice = reason.indexOf(ADVICE);
    if (advice >= 0) {
      return reason.substring(advice + ADVICE.length());
    }
    if (reason.contains(PLUGIN_FAILED)) {
      return "mend that plugin, or leave it off the class path";
    }
    return op.isEmpty() || reason.startsWith(INTERFACE)
        ? "it is the model's interface, which only another model has otherwise"
        : "a model that does without that node leaves it open";
  }
}
