package io.espalier.core.space;

import io.espalier.trace.Layout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A named hparam of a space.
 *
 * @param name its full name, {@code layer1.0.conv1.out_channels}
 * @param key the key of the module that named it; empty where none did
 * @param kind what it is
 * @param layouts the axis it is the extent of, or the windows of a kernel; empty for a depth
 * @param dial the dial that sets it; null where it is fixed, or derived from several
 * @param group the number it shares with every other name of the same choice
 */
public record HparamSpec(
    String name, String key, Dial.Kind kind, List<Layout> layouts, @Nullable Dial dial, int group) {
  public HparamSpec {
    layouts = List.copyOf(layouts);
  }

  /** The last component of the name. */
  String localName() {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** Whether several dials set it together. */
  public boolean derived() {
    return dial == null && layouts.stream().anyMatch(Layout::isFree);
  }

  /** Whether this is the name under which its dial is turned. */
  public boolean primary() {
    return dial != null && dial.name().equals(name);
  }
}
