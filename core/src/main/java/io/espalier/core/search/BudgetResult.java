package io.espalier.core.search;

import io.espalier.core.values.Config;

/**
 * A sub-network that meets a budget.
 *
 * @param config a choice for every hparam that can be configured
 * @param params its weights and biases
 * @param macs its multiply-accumulate operations at batch 1
 * @param originalParams those of the original
 * @param originalMacs those of the original
 */
public record BudgetResult(
    Config config, long params, long macs, long originalParams, long originalMacs) {}
