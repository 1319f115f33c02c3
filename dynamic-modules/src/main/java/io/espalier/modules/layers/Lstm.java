package io.espalier.modules.layers;

import com.google.auto.service.AutoService;
import io.espalier.spi.DynamicModule;

/** Long short-term memory. */
@AutoService(DynamicModule.class)
public final class Lstm extends Recurrent {
  public Lstm() {
    super("nn.LSTM", "LSTM");
  }
}
