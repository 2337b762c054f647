"""One chart in a plain Dash app, nothing tuned: what an indicator's page is measured against."""

import plotly.graph_objects as go
from dash import Dash, dcc, html

app = Dash(__name__, serve_locally=True)
server = app.server
YEARS, VALUES = [2014, 2016, 2019, 2020, 2021, 2022, 2023, 2024], [4.02, 4.1, 4.9, 5.46, 5.49, 5.81, 6.46, 6.67]


def layout():
    figure = go.Figure(go.Scatter(x=YEARS, y=VALUES, mode="lines+markers"))
    figure.add_hline(y=5.5, line_dash="dash")
    figure.update_layout(title="全社会研发投入占地区生产总值比重（%）", height=400)
    return html.Div([html.H1("研发投入强度"), dcc.Graph(figure=figure)])


app.layout = layout
