namespace Gateway.Manifests.Dash;

/// <summary>The step at which <see cref="MpdWalk.Read"/> stopped.</summary>
internal enum MpdStep
{
    /// <summary>The start tag of an element, also of an empty one.</summary>
    Open,

    /// <summary>The end of an element: its end tag, the end of an empty one, or that of an element around it where tags do not match.</summary>
    Close,

    /// <summary>The end of the document, or of what can be read of it: <see cref="MpdWalk.Outcome"/> tells.</summary>
    End,
}
