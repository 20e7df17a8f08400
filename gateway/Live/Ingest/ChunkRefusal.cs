using Gateway.Problems;

namespace Gateway.Live.Ingest;

/// <summary>Why a chunk is not taken.</summary>
/// <param name="Code">For the uploader.</param>
/// <param name="Reason">A word for the events.</param>
internal readonly record struct ChunkRefusal(ProblemCode Code, string Reason);
