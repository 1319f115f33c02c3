package io.espalier.djl;

import ai.djl.nn.Block;
import com.google.auto.service.AutoService;
import io.espalier.core.values.Backend;
import io.espalier.core.values.TracedModel;
import java.util.Optional;

/** Opens DJL blocks. */
@AutoService(Backend.class)
public final class DjlBackend implements Backend {
  @Override
  public String name() {
    return "djl";
  }

  @Override
  public String opens() {
    return "initialized DJL blocks (an io.espalier.djl.DjlBlock, an ai.djl.nn.Block or an"
        + " ai.djl.Model)";
  }

  @Override
  public Optional<TracedModel> open(Object source) {
    if (source instanceof DjlBlock block) {
      return Optional.of(DjlNetwork.of(block));
    }
    if (source instanceof Block block) {
      return Optional.of(DjlNetwork.of(DjlBlock.of(block)));
    }
    return source instanceof ai.djl.Model model
        ? Optional.of(DjlNetwork.of(DjlBlock.of(model.getBlock())))
        : Optional.empty();
  }
}
