namespace ActorBroker.Management.Http;

/// <summary>Who may use a route. Everybody who may use any has one of the tags that let into the management.</summary>
internal enum ApiAccess
{
    /// <summary>Who has any tag of the management, and where the route names a virtual host, may enter that.</summary>
    User,

    /// <summary>As <see cref="User"/>; who may see all virtual hosts need not be let into it.</summary>
    Viewer,

    /// <summary>Who monitors, or administrates.</summary>
    Monitor,

    /// <summary>Who makes policies, where they may enter the virtual host; administrators everywhere.</summary>
    PolicyMaker,

    /// <summary>Who makes policies, in no particular virtual host.</summary>
    GlobalPolicyMaker,

    /// <summary>Administrators.</summary>
    Administrator,
}
