namespace Gateway.Tests;

/// <summary>
/// Tests that measure the whole process's heap. They run one by one after all others: a hundred megabytes of a neighbour's test data would be charged to what they measure.
/// </summary>
[CollectionDefinition(nameof(MeasuresMemory), DisableParallelization = true)]
public sealed class MeasuresMemory;
