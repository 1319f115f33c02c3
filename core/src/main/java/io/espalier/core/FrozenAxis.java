package io.espalier.core;

import io.espalier.trace.Layout;
import io.espalier.trace.Reason;
import java.util.ArrayList;
import java.util.List;

/**
 * A width that may not change.
 *
 * @param layer the layer that has it
 * @param axis what the layer calls it, such as {@code out_channels}
 * @param node the node, input or output that stopped it
 * @param op the operator there; empty for an input or output of the network
 * @param reason what stopped it
 */
public record FrozenAxis(String layer, String axis, String node, String op, String reason) {
  static List<FrozenAxis> of(Space space) {
    List<FrozenAxis> frozen = new ArrayList<>();
    for (HparamSpec spec : space.hparams()) {
      if (spec.kind() != Dial.Kind.WIDTH || spec.layouts().get(0).isFree()) {
        continue;
      }
      Layout layout = spec.layouts().get(0);
      Reason reason = reason(layout);
      if (layout.extent() > 1) {
        String layer =
            spec.name().substring(0, spec.name().length() - spec.localName().length() - 1);
        frozen.add(
            new FrozenAxis(layer, spec.localName(), reason.node(), reason.op(), reason.text()));
      }
    }
    return frozen;
  }

  /** The reason of the longest fixed part. */
  private static Reason reason(Layout layout) {
    List<Layout.Fixed> parts = new ArrayList<>();
    collect(layout, parts);
    Layout.Fixed longest = parts.get(0);
    for (Layout.Fixed part : parts) {
      longest = part.extent() > longest.extent() ? part : longest;
    }
    return longest.reason();
  }

  private static void collect(Layout layout, List<Layout.Fixed> parts) {
    Layout.forEachSegment(
        layout,
        segment -> {
          if (segment instanceof Layout.Fixed fixed) {
            parts.add(fixed);
          } else if (segment instanceof Layout.Product product) {
            product.factors().forEach(factor -> collect(factor, parts));
          }
        });
  }
}
