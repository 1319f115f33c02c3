package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;

/** Gated recurrent units. */
@AutoService(DynamicModule.class)
public final class Gru extends Recurrent {
  public Gru() {
    super("nn.GRU", "GRU");
  }
}
