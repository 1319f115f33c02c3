package io.espalier.djl.carve;

import ai.djl.nn.Block;
import io.espalier.djl.spi.BlockWidths;
import io.espalier.spi.EspalierException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Which fields hold widths, by the class of a block. Immutable. */
public final class WidthsRegistry {
  private final Map<Class<?>, BlockWidths> byType;

  private WidthsRegistry(Map<Class<?>, BlockWidths> byType) {
    this.byType = Map.copyOf(byType);
  }

  /**
   * Finds every entry on a class loader's class path.
   *
   * @throws EspalierException if two entries serve one class, or one cannot be loaded
   */
  public static WidthsRegistry discover(ClassLoader loader) {
    try {
      return of(ServiceLoader.load(BlockWidths.class, loader));
    } catch (ServiceConfigurationError e) {
      throw new EspalierException(
          "the widths that blocks hold cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * A registry of these entries.
   *
   * @throws EspalierException if two entries serve one class
   */
  public static WidthsRegistry of(Iterable<? extends BlockWidths> entries) {
    Map<Class<?>, BlockWidths> byType = new HashMap<>();
    for (BlockWidths entry : entries) {
      BlockWidths other = byType.putIfAbsent(entry.type(), entry);
      if (other != null) {
        throw new EspalierException(
            "the widths of "
                + entry.type().getName()
                + " are said twice, by "
                + origin(other)
                + " and by "
                + origin(entry)
                + "; leave one of them out");
      }
    }
    return new WidthsRegistry(byType);
  }

  private static String origin(BlockWidths entry) {
    java.security.CodeSource source = entry.getClass().getProtectionDomain().getCodeSource();
    return entry.getClass().getName()
        + (source == null ? "" : " in " + source.getLocation().getPath());
  }

  /** The entry of a block's class, or of the nearest one that it extends. */
  Optional<BlockWidths> find(Block block) {
    for (Class<?> type = block.getClass(); type != null; type = type.getSuperclass()) {
      BlockWidths found = byType.get(type);
      if (found != null) {
        return Optional.of(found);
      }
    }
    return Optional.empty();
  }
}
